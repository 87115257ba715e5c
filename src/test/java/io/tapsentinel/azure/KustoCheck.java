package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.testing.NpmPackage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Binds queries with the language service that Microsoft's own editors use: every name must exist and every type must fit. It
 * does not evaluate anything. {@code src/test/kusto/check.js} does it, in node.
 */
final class KustoCheck {

    private static final Path SCRIPT = Path.of("src/test/kusto/check.js");
    /** Its version is exact, so that what binds today binds tomorrow; the file is the last that the check needs. */
    private static final NpmPackage LANGUAGE_SERVICE =
            new NpmPackage("@kusto/language-service-next", "12.4.1", "kusto", "Kusto.Language.Bridge.js");

    private static final long SECONDS = 300;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Several tests ask for the same; a job has one report for good. */
    private static final Map<KustoJob, KustoReport> KNOWN = new ConcurrentHashMap<>();

    private KustoCheck() {}

    /** Binds one job; see {@link #bind(List)}. */
    static KustoReport bind(KustoJob job) {
        return bind(List.of(job)).get(0);
    }

    /**
     * Binds every job, and gives a report of each; many at once take far less time than one by one. The test that calls it is
     * skipped where there is no node, or no way to the package; under CI it fails instead.
     */
    static List<KustoReport> bind(List<KustoJob> jobs) {
        List<KustoJob> unknown =
                jobs.stream().filter(job -> !KNOWN.containsKey(job)).distinct().toList();
        List<KustoReport> reports = unknown.isEmpty() ? List.of() : run(unknown);
        for (int i = 0; i < unknown.size(); i++) {
            KNOWN.put(unknown.get(i), reports.get(i));
        }
        return jobs.stream().map(KNOWN::get).toList();
    }

    private static List<KustoReport> run(List<KustoJob> jobs) {
        Path languageService = LANGUAGE_SERVICE.installed();
        try {
            // a file and not a pipe: a pipe that fills up would block both sides
            Path errors = Files.createTempFile("kusto", ".err");
            Process node = new ProcessBuilder(List.of(
                            "node",
                            SCRIPT.toString(),
                            languageService.toAbsolutePath().toString()))
                    .redirectError(errors.toFile())
                    .start();
            CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> read(node));
            try (OutputStream in = node.getOutputStream()) {
                JSON.writeValue(in, jobs);
            }
            if (!node.waitFor(SECONDS, TimeUnit.SECONDS)) {
                node.destroyForcibly();
                throw new AssertionError("node did not end within " + SECONDS + " s");
            }
            if (node.exitValue() != 0) {
                throw new AssertionError("node failed: " + Files.readString(errors));
            }
            Files.delete(errors);
            return List.of(JSON.readValue(answer.join(), KustoReport[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] read(Process node) {
        try {
            return node.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
