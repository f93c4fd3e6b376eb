import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Made, makeInFolder, runProgram } from './make-files.ts'

interface Recipe {
  readonly name: string
  readonly program: string
  readonly words: readonly string[]
  readonly input?: string
}

const CSV = 'name,value\n'.concat('Grün,1\n'.repeat(50))

/** Commands, run in a folder with `a.csv`, `BMW.csv`, `a.tar`, `BMW.tar` and the tree of a Debian package. */
const RECIPES: readonly Recipe[] = [
  { name: 'a.tar.bz2', program: 'bzip2', words: ['-k', 'a.tar'] },
  { name: 'a.csv.bz2', program: 'bzip2', words: ['-k', 'a.csv'] },
  { name: 'a.tar.xz', program: 'xz', words: ['-k', 'a.tar'] },
  { name: 'a.csv.xz', program: 'xz', words: ['-k', 'a.csv'] },
  { name: 'a.csv.lzma', program: 'xz', words: ['-k', '--format=lzma', 'a.csv'] },
  { name: 'a.tar.zst', program: 'zstd', words: ['-q', 'a.tar', '-o', 'a.tar.zst'] },
  { name: 'a.csv.lz4', program: 'lz4', words: ['-q', 'a.csv', 'a.csv.lz4'] },
  { name: 'legacy.lz4', program: 'lz4', words: ['-q', '-l', 'a.csv', 'legacy.lz4'] },
  { name: 'a.zip', program: 'zip', words: ['-q', 'a.zip', 'a.csv', 'BMW.csv'] },
  { name: 'secret.zip', program: 'zip', words: ['-q', '-P', 'x', 'secret.zip', 'a.csv'] },
  { name: 'a.7z', program: '7zz', words: ['a', '-bd', 'a.7z', 'a.csv'] },
  { name: 'a.ar', program: 'ar', words: ['rc', 'a.ar', 'a.csv'] },
  { name: 'a.deb', program: 'dpkg-deb', words: ['--root-owner-group', '-b', 'package', 'a.deb'] },
  {
    name: 'a.cpio',
    program: 'cpio',
    words: ['--quiet', '-o', '-H', 'newc', '-O', 'a.cpio'],
    input: 'a.csv\n',
  },
  {
    name: 'odc.cpio',
    program: 'cpio',
    words: ['--quiet', '-o', '-H', 'odc', '-O', 'odc.cpio'],
    input: 'a.csv\n',
  },
  { name: 'a.iso', program: 'genisoimage', words: ['-quiet', '-o', 'a.iso', 'a.csv'] },
  {
    name: 'a.sqlite',
    program: 'sqlite3',
    words: ['a.sqlite', 'CREATE TABLE a (b); INSERT INTO a VALUES (1)'],
  },
  { name: 'a.pdf', program: 'rsvg-convert', words: ['-f', 'pdf', '-o', 'a.pdf', 'a.svg'] },
  { name: 'a.ps', program: 'rsvg-convert', words: ['-f', 'ps', '-o', 'a.ps', 'a.svg'] },
  { name: 'a.eps', program: 'rsvg-convert', words: ['-f', 'eps', '-o', 'a.eps', 'a.svg'] },
]

/** Creates archives, packages and documents with the usual programs. */
export async function makeArchives(): Promise<Made> {
  const tars = await makeTars()
  const made = RECIPES.map((recipe) => makeOne(recipe, tars))
  return Object.assign({ ...tars, ...compressedHere(tars) }, ...(await Promise.all(made)))
}

function makeTars(): Promise<Made> {
  return makeInFolder(['a.tar', 'BMW.tar', 'v7.tar'], 'tar', async (folder) => {
    await writeSources(folder)
    await runProgram('tar', ['cf', 'a.tar', 'a.csv'], folder)
    await runProgram('tar', ['cf', 'BMW.tar', 'BMW.csv'], folder)
    await runProgram('tar', ['--format=v7', '-cf', 'v7.tar', 'a.csv'], folder)
  })
}

function compressedHere(tars: Made): Made {
  const tar = tars['a.tar']
  return {
    'a.csv.gz': gzipSync(CSV),
    'a.svgz': gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'a.tar.gz': typeof tar === 'object' ? gzipSync(tar) : 'tar is not installed',
  }
}

function makeOne({ name, program, words, input }: Recipe, tars: Made): Promise<Made> {
  return makeInFolder([name], program, async (folder) => {
    await writeSources(folder)
    for (const [tar, bytes] of Object.entries(tars)) {
      if (typeof bytes === 'object') await writeFile(join(folder, tar), bytes)
    }
    await runProgram(program, words, folder, input)
    // A program that was killed early leaves an empty file.
    if ((await readFile(join(folder, name))).length === 0) throw new Error(`${program} made an empty ${name}`)
  })
}

async function writeSources(folder: string): Promise<void> {
  await writeFile(join(folder, 'a.csv'), CSV)
  await writeFile(join(folder, 'BMW.csv'), CSV)
  await writeFile(
    join(folder, 'a.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9"/></svg>',
  )
  await mkdir(join(folder, 'package/DEBIAN'), { recursive: true, mode: 0o755 })
  await writeFile(
    join(folder, 'package/DEBIAN/control'),
    'Package: sample\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.com>\nDescription: sample\n',
  )
}
