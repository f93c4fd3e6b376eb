/** A small collection that was written for these tests: notes of a household and questions about them. */
export const NOTES: Readonly<Record<string, string>> = {
  boiler:
    'The boiler in the cellar is serviced every October. The technician cleans the burner and checks the pressure.',
  radiators:
    'Radiators that gurgle contain air. Bleed them with the small key before the heating season begins.',
  windows:
    'The windows of the kitchen were painted white. Their frames must be sanded before they get a new coat.',
  bread:
    'For a loaf of bread, mix flour, water, salt and yeast. Let the dough rise overnight and bake it for an hour.',
  pizza: 'Pizza dough needs strong flour and very hot stone. It bakes in three minutes.',
  soup: 'Cook the pumpkin with onions and ginger until it is soft, blend it, and add cream and salt.',
  bicycle: 'The chain of the bicycle is oiled once a month, and the brakes are adjusted when the pads wear.',
  tyres: 'Summer tyres are fitted after Easter. The pressure of the tyres is written inside the fuel flap.',
  garden:
    'Prune the roses in early spring, and water the tomatoes in the evening so that their leaves stay dry.',
  compost:
    'Leaves, peelings and coffee grounds go to the compost. Turn it twice a year for soil that is rich.',
  insurance: 'The insurance of the house covers water damage by burst pipes, and must be paid in January.',
  taxes: 'Receipts of craftsmen reduce the income tax. Keep the invoices and pay them by bank transfer.',
  router:
    'The password of the wireless network is on the back of the router. Restart it when the connection drops.',
  printer: 'The printer needs black ink. When paper jams, open the rear cover and pull it out slowly.',
  doctor:
    'The children are vaccinated by the doctor in Mill Street. Bring the yellow booklet to each appointment.',
  holiday: 'On holiday the neighbours water the plants and empty the letter box. They have the second key.',
}

/** Questions, and the notes that answer them: 2 for an answer, 1 for a related note. */
export const QUESTIONS: readonly [string, Readonly<Record<string, number>>][] = [
  ['When was the boiler checked by a technician?', { boiler: 2 }],
  ['air in the radiator', { radiators: 2, boiler: 1 }],
  ['how long does bread have to bake', { bread: 2, pizza: 1 }],
  ['flour for doughs', { pizza: 2, bread: 2 }],
  ['pressure of tyre', { tyres: 2, boiler: 1 }],
  ['watering plants', { holiday: 2, garden: 2 }],
  ['wifi password', { router: 2 }],
  ['paying the insurance for pipes that burst', { insurance: 2, taxes: 1 }],
  ['paper is stuck in the printer', { printer: 2 }],
  ['vaccination of a child', { doctor: 2 }],
  ['what to do with leaves', { compost: 2, garden: 1 }],
  ['key', { radiators: 1, holiday: 2 }],
]
