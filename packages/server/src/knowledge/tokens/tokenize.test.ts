import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { detectLanguage } from './detect-language.ts'
import type { Language } from './languages.ts'
import { countTerms, queryTerms } from './tokenize.ts'

const termsOf = (text: string, language: Language = null) => [...countTerms(text, language).terms.keys()]

describe('terms', () => {
  const CASES: readonly [name: string, text: string, language: Language, terms: string[]][] = [
    ['are words in lower case', 'Two WORDS, 42 times', null, ['two', 'words', '42', 'times']],
    ['are stems', 'running runners', 'en', ['run', 'runner']],
    ['have no accents, after stemming', 'Häuser naïve Ærø', 'de', ['haus', 'naiv', 'aero']],
    ['are compatible forms', 'ﬁne ｆｕｌｌ ½', null, ['fine', 'full', '1', '2']],
    ['of unspaced scripts are pairs of characters', 'ภาษา', null, ['ภา', 'าษ', 'ษา']],
    [
      'of Chinese, Japanese and Korean are also the characters',
      '東京都へ',
      null,
      ['東京', '京都', '都へ', '東', '京', '都'],
    ],
    ['of one ideograph are itself', '猫', null, ['猫']],
    ['of mixed scripts are split', 'PDFを開く2024年', null, ['pdf', 'を開', '開く', '2024', '年', '開']],
    ['of Arabic have no vowel marks and one form of each letter', 'إِلَى أحمد', null, ['الي', 'احمد']],
    ['are cut when they are long', 'x'.repeat(100), null, ['x'.repeat(64)]],
    ['have no possessive', "Prandtl's wing’s", null, ['prandtl', 'wing']],
    ['keep stop words', 'the house', 'en', ['the', 'hous']],
  ]
  for (const [name, text, language, terms] of CASES) {
    it(name, () => assert.deepEqual(termsOf(text, language), terms))
  }

  it('are counted', () => {
    const { terms, length } = countTerms('a b a', null)
    assert.deepEqual([...terms], [['a', 2], ['b', 1]]) // biome-ignore format: one line
    assert.equal(length, 3)
  })

  it('have a length without stop words', () => {
    assert.equal(countTerms('the length of the house', 'en').length, 2)
    assert.equal(countTerms('the length of the house', null).length, 5)
  })

  it('have a length without stop words with vowel marks', () => {
    assert.equal(countTerms('الْحَلِيبُ فِي الْكُوبِ', 'ar').length, 2)
  })

  it('have a length without characters that are also in pairs', () => {
    assert.equal(countTerms('東京都と京都', null).length, 5)
    assert.equal(countTerms('東京都と京都', null).terms.get('京'), 2)
  })

  it('consist of letters, marks and numbers, in every language', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom(null, 'en', 'ar', 'tr'),
        (text, language) => {
          for (const term of termsOf(text, language as Language)) assert.match(term, /^[\p{L}\p{M}\p{N}]+$/u)
        },
      ),
    )
  })
})

describe('terms of a query', () => {
  it('are the stems in all languages of the index', () => {
    assert.deepEqual(queryTerms('houses', ['en', 'de', null]), [['hous', 'houses']])
  })

  it('are pairs of characters, and a character that stands alone', () => {
    assert.deepEqual(queryTerms('東京都 猫', [null]), [['東京'], ['京都'], ['猫']])
  })

  it('leave out stop words, unless there are no others', () => {
    assert.deepEqual(queryTerms('what is the house', ['en']), [['hous']])
    assert.deepEqual(queryTerms('فِي الْكُوبِ', ['ar']), queryTerms('الكوب', ['ar']))
    assert.deepEqual(queryTerms('to be or not to be', ['en']).flat(), ['to', 'be', 'or', 'not', 'to', 'be'])
  })
})

describe('the language of a text', () => {
  const TEXTS: readonly [Language, string][] = [
    ['en', 'The results of the measurements are shown in the table below.'],
    ['de', 'Die Ergebnisse der Messungen sind in der Tabelle unten zu sehen.'],
    ['fr', 'Les résultats des mesures sont présentés dans le tableau ci-dessous.'],
    ['es', 'Los resultados de las mediciones se muestran en la tabla siguiente.'],
    ['it', 'I risultati delle misure sono mostrati nella tabella che segue.'],
    ['pt', 'Os resultados das medições são mostrados na tabela a seguir, não em outra.'],
    ['nl', 'De resultaten van de metingen zijn te zien in de tabel hieronder.'],
    ['sv', 'Resultaten av mätningarna visas i tabellen som följer och är inte nya.'],
    ['ru', 'Результаты измерений показаны в таблице, которая находится ниже.'],
    ['tr', 'Ölçümlerin sonuçları aşağıdaki tabloda gösterilmiştir ve bu çok iyi.'],
    ['ar', 'تظهر نتائج القياسات في الجدول الذي يلي هذا النص.'],
    ['ar', 'يَشْرَبُ الطِّفْلُ الْحَلِيبَ فِي الصَّبَاحِ قَبْلَ أَنْ يَذْهَبَ إِلَى الْمَدْرَسَةِ.'],
    [null, '東京都の天気は晴れです。'],
    [null, '12 345 ABC-7'],
    [null, ''],
  ]
  for (const [language, text] of TEXTS) {
    it(`is ${language ?? 'unknown'}: ${text.slice(0, 20)}`, () =>
      assert.equal(detectLanguage(text), language))
  }
})
