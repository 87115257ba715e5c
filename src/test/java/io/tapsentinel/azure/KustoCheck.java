package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.CommandResult;
import io.tapsentinel.testing.NpmPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds queries with the language service that Microsoft's own editors use: every name must exist and every type must fit. It
 * does not evaluate anything. {@code src/test/kusto/check.js} does it, in node.
 */
final class KustoCheck {

    private static final String SCRIPT = "src/test/kusto/check.js";
    /** Its version is exact, so that what binds today binds tomorrow; the file is the last that the check needs. */
    private static final NpmPackage LANGUAGE_SERVICE =
            new NpmPackage("@kusto/language-service-next", "12.4.1", "kusto", "Kusto.Language.Bridge.js");

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Several tests ask for the same; a job has one report for good. */
    private static final Map<KustoJob, Report> KNOWN = new ConcurrentHashMap<>();

    private KustoCheck() {}

    /**
     * What the language service found.
     *
     * @param findings everything that is wrong, in the order of the files; empty when all bind
     * @param results  columns of each query's result, by file
     * @param calls    names of the functions that each query calls itself, by file
     * @param values   strings that each query compares anything with, by file
     */
    record Report(
            List<Finding> findings,
            Map<String, List<KustoJob.Column>> results,
            Map<String, List<String>> calls,
            Map<String, List<String>> values) {}

    /** One thing that is wrong; line and column count from 1. */
    record Finding(String file, int line, int column, String code, String message) {

        @Override
        public String toString() {
            return file + ":" + line + ":" + column + ": " + code + " " + message;
        }
    }

    /** Binds one job; see {@link #bind(List)}. */
    static Report bind(KustoJob job) {
        return bind(List.of(job)).get(0);
    }

    /**
     * Binds every job, and gives a report of each; many at once take far less time than one by one. The test that calls it is
     * skipped where there is no node, or no way to the package; under CI it fails instead.
     */
    static List<Report> bind(List<KustoJob> jobs) {
        List<KustoJob> unknown =
                jobs.stream().filter(job -> !KNOWN.containsKey(job)).distinct().toList();
        List<Report> reports = unknown.isEmpty() ? List.of() : run(unknown);
        for (int i = 0; i < unknown.size(); i++) {
            KNOWN.put(unknown.get(i), reports.get(i));
        }
        return jobs.stream().map(KNOWN::get).toList();
    }

    private static List<Report> run(List<KustoJob> jobs) {
        Path languageService = LANGUAGE_SERVICE.installed();
        try {
            Path input = Files.createTempFile("kusto", ".json");
            JSON.writeValue(input.toFile(), jobs);
            String output = CommandResult.of(
                            "node", SCRIPT, languageService.toAbsolutePath().toString(), input.toString())
                    .assertSuccess()
                    .output();
            Files.delete(input);
            return List.of(JSON.readValue(output, Report[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
