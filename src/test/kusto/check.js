'use strict';

// node check.js <folder of the language service> < job > findings: see KustoCheck.java for both forms.
const fs = require('fs');
const {load, array, columns, walk} = require('./language');
const {globals, kusto} = require('./database');
const strict = require('./strict');

const language = load(process.argv[2]);
const job = JSON.parse(fs.readFileSync(0, 'utf8'));
const workspace = globals(language, job);
const report = {findings: [], results: {}, calls: {}};

for (const one of [...(job.functions || []), ...job.queries]) {
    bind(one);
}
process.stdout.write(JSON.stringify(report));

function bind(query) {
    const code = language.KustoCode.ParseAndAnalyze(query.text, workspace);
    for (const diagnostic of array(code.GetDiagnostics())) {
        if (diagnostic.Severity === 'Error') {
            found(query, code, diagnostic.Start, diagnostic.Code, diagnostic.Message);
        }
    }
    for (const {start, code: name, message} of strict.findings(code)) {
        found(query, code, start, name, message);
    }
    const result = columns(code.ResultType);
    report.results[query.file] = result;
    report.calls[query.file] = calls(code);
    for (const wanted of query.result || []) {
        const actual = result.find(column => column.name === wanted.name);
        if (!actual) {
            found(query, code, 0, 'RESULT', `the result has no column ${wanted.name}; it has ${result.map(column => column.name).join(', ')}`);
        } else if (wanted.type && actual.type !== kusto(wanted.type)) {
            found(query, code, 0, 'RESULT', `column ${wanted.name} of the result is ${actual.type} and not ${kusto(wanted.type)}`);
        }
    }
    if (query.exact) {
        result.filter(column => !query.result.some(wanted => wanted.name === column.name))
            .forEach(column => found(query, code, 0, 'RESULT', `the result has a column ${column.name} that nothing declares`));
    }
}

/** Names of the functions that the query calls itself, sorted. */
function calls(code) {
    const names = new Set();
    walk(code, (node, kind) => kind === 'FunctionCallExpression' && names.add(node.Name.SimpleName));
    return [...names].sort();
}

function found(query, code, start, name, message) {
    const line = {v: 1}, column = {v: 1};
    code.TryGetLineAndOffset(start, line, column);
    report.findings.push({file: query.file, line: line.v, column: column.v, code: name, message});
}
