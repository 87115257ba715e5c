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
 * Binds queries with the language service of Microsoft's editors, by {@code src/test/kusto/check.js} in node: every name must exist and
 * every type must fit. Queries are not evaluated.
 */
final class KustoCheck {

    private static final String SCRIPT = "src/test/kusto/check.js";
    /** An exact version, for the same result every day. The file is the last one the check loads. */
    private static final NpmPackage LANGUAGE_SERVICE =
            new NpmPackage("@kusto/language-service-next", "12.4.1", "kusto", "Kusto.Language.Bridge.js");

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Reports by job: several tests check the same one. */
    private static final Map<KustoJob, Report> KNOWN = new ConcurrentHashMap<>();

    private KustoCheck() {}

    /**
     * What the language service found.
     *
     * @param findings errors in the order of the files; empty if all queries bind
     * @param results  columns of each query's result, by file
     * @param calls    functions each query itself calls, by file
     * @param values   filter values of each query, by file
     */
    record Report(
            List<Finding> findings,
            Map<String, List<KustoJob.Column>> results,
            Map<String, List<String>> calls,
            Map<String, List<String>> values) {}

    /** An error; line and column count from 1. */
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
     * Binds every job and returns their reports; one call for many jobs is much faster. Without node or its package the calling test is
     * skipped, under CI it fails.
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
