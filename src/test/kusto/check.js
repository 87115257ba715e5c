'use strict';

// node check.js <folder of the language service> <jobs> > reports, both as JSON: see KustoJob.java and KustoCheck.java.
const fs = require('fs');
const {load, array, columns, walk} = require('./language');
const {globals, kusto} = require('./database');
const strict = require('./strict');
const ingestion = require('./ingestion');
const {values} = require('./values');

const language = load(process.argv[2]);
process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(process.argv[3], 'utf8')).map(check)));

/** One job: every function and every query of it, against its tables and functions. */
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

/** In what the columns of the result are not those that the query must give. */
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

/** Names of the functions that the query calls itself, sorted. */
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
