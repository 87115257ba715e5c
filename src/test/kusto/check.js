'use strict';

// node check.js <folder of the language service> <jobs.json> > reports.json; formats: KustoJob.java, KustoCheck.java
const fs = require('fs');
const {load, array, columns, walk} = require('./language');
const {globals, kusto} = require('./database');
const strict = require('./strict');
const ingestion = require('./ingestion');
const {values} = require('./values');

const language = load(process.argv[2]);
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(process.argv[3], 'utf8')).map(check)));

/** Checks all functions and queries of one job against its tables and functions. */
function check(job) {
    const workspace = globals(language, job);
    const report = {findings: [], results: {}, calls: {}, values: {}};
    for (const query of [...job.functions, ...job.queries]) {
        const code = language.KustoCode.ParseAndAnalyze(query.text, workspace);
        const result = columns(code.ResultType);
        report.results[query.file] = result;
        report.calls[query.file] = calls(code);
        report.values[query.file] = values(code);
        report.findings.push(...findings(query, code, result).map(one => ({file: query.file, ...one})));
    }
    return report;
}

function findings(query, code, result) {
    const found = (start, name, message) => ({...place(code, start), code: name, message});
    return [
        ...array(code.GetDiagnostics()).filter(one => one.Severity === 'Error').map(one => found(one.Start, one.Code, one.Message)),
        ...[...strict.findings(code), ...ingestion.findings(code)].map(one => found(one.start, one.code, one.message)),
        ...unlike(query, result).map(message => found(0, 'RESULT', message))];
}

/** How the result's columns differ from the required ones. */
function unlike(query, result) {
    const messages = [];
    for (const wanted of query.result) {
        const actual = result.find(column => column.name === wanted.name);
        if (!actual) {
            messages.push(`the result has no column ${wanted.name}; it has ${result.map(column => column.name).join(', ')}`);
        } else if (wanted.type && actual.type !== kusto(wanted.type)) {
            messages.push(`column ${wanted.name} of the result is ${actual.type} and not ${kusto(wanted.type)}`);
        }
    }
    return messages;
}

/** Sorted names of the functions the query itself calls. */
function calls(code) {
    const names = new Set();
    walk(code, (node, kind) => kind === 'FunctionCallExpression' && names.add(node.Name.SimpleName));
    return [...names].sort();
}

function place(code, start) {
    const line = {v: 1}, column = {v: 1};
    code.TryGetLineAndOffset(start, line, column);
    return {line: line.v, column: column.v};
}
