const answer = await fetch(`${process.env.WAYBILL_URL}/openapi.json`)
const { paths } = (await answer.json()) as { paths: object }
console.log(Object.keys(paths))
