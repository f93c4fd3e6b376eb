const answer = await fetch(
  `${process.env.WAYBILL_URL}/v1/health/details`,
)
console.log(answer.status, await answer.json())
