import isNumber from 'is-number'
import { mkdirSync, writeFileSync } from 'node:fs'
import colors from 'picocolors'

const checks = [isNumber(7), typeof colors.green]
mkdirSync('dist', { recursive: true })
writeFileSync('dist/index.html', `<!doctype html><html lang="en"><title>Sample</title><p>${checks.join(' ')}</p></html>\n`)
