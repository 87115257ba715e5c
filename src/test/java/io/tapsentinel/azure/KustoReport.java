package io.tapsentinel.azure;

import java.util.List;
import java.util.Map;

/**
 * What the Kusto language service found.
 *
 * @param findings everything that is wrong, in the order of the files; empty when all bind
 * @param results  columns of each query's result, by file
 * @param calls    names of the functions that each query calls itself, by file
 * @param values   strings that each query compares anything with, by file
 */
record KustoReport(
        List<Finding> findings,
        Map<String, List<KustoJob.Column>> results,
        Map<String, List<String>> calls,
        Map<String, List<String>> values) {

    /** One thing that is wrong; line and column count from 1. */
    record Finding(String file, int line, int column, String code, String message) {

        @Override
        public String toString() {
            return file + ":" + line + ":" + column + ": " + code + " " + message;
        }
    }
}
