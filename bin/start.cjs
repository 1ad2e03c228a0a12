// Runs an entry with whatever Node the PATH has, once it has proved new enough. Written so that an old Node can read it.
'use strict'
var least = 24
var entry = process.argv[2]
if (Number(process.versions.node.split('.')[0]) < least) {
  var program = require('path').basename(entry).replace(/\.[jt]s$/, '')
  process.stderr.write(
    program + ': needs Node ' + least + ' or newer, and ' + process.execPath + ' is ' + process.version +
      '; install one beside it: npm install node@' + least + '\n'
  )
  process.exit(1)
}
process.argv.splice(1, 1)
process.execArgv.push('--disable-warning=ExperimentalWarning')
process.removeAllListeners('warning')
process.on('warning', function (warning) {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(String(warning.stack || warning) + '\n')
})
import(require('url').pathToFileURL(entry).href).catch(function (error) {
  process.stderr.write(String((error && error.stack) || error) + '\n')
  process.exit(1)
})
