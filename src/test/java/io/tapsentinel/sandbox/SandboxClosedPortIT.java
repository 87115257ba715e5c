package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Program;
import io.tapsentinel.app.Settings;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.TableStatus;
import io.tapsentinel.store.ledger.LedgerEntry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows arrive only through the ingestion port: while it is closed, no file grows and no window commits. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class SandboxClosedPortIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void closedIngestionPortStopsProgressAndIsRetried() throws Exception {
        Path files = folder.resolve("sandbox");
        List<LedgerEntry> reads = new CopyOnWriteArrayList<>();
        try (Sandbox sandbox =
                Sandbox.start(files, Clock.systemUTC(), new PrintStream(OutputStream.nullOutputStream()))) {
            Map<String, String> properties = new HashMap<>(EffectiveProperties.load(folder, Map.of()));
            properties.putAll(sandbox.properties());
            // the stop cannot send pending rows
            properties.put("tap.shutdown-timeout", "PT1S");
            Program program = new Program(Settings.of(properties), properties, Clock.systemUTC(), reads::add);
            program.main().addOverrideProperty("camel.management.enabled", "false");
            program.main().addOverrideProperty("camel.component.sentinel.retry-backoff-ms", "100");
            program.main().addOverrideProperty("camel.component.sentinel.retry-backoff-max-ms", "500");
            Future<String> end = run(program);
            try {
                await("a first window").atMost(SOON).until(() -> !reads.isEmpty());
                sandbox.ingestion().close();
                // a window without new events may still commit
                await("uploads that fail").atMost(SOON).until(() -> failures(program) > 0);
                Snapshot before = snapshot(files);

                await("more tries").atMost(SOON).until(() -> failures(program) >= 5);
                Snapshot after = snapshot(files);

                System.out.printf(
                        "closed port: %d tries, files stay at %s bytes, progress stays%n",
                        failures(program), after.bytes());
                assertThat(before.bytes()).as("bytes per file").hasSize(4).allMatch(bytes -> bytes > 0);
                assertThat(after.bytes()).as("bytes per file").isEqualTo(before.bytes());
                assertThat(after.readTo()).as("progress").isEqualTo(before.readTo());
            } finally {
                program.stop();
                assertThat(end.get(60, TimeUnit.SECONDS)).startsWith("drained: 0 rows");
            }
        }
    }

    private static int failures(Program program) {
        return program.sentinel().deliveryStatus().problems().values().stream()
                .mapToInt(TableStatus.Problem::failures)
                .sum();
    }

    private record Snapshot(List<Long> bytes, long readTo) {}

    private static Snapshot snapshot(Path files) throws SQLException {
        List<Long> bytes = Arrays.stream(EventType.values())
                .map(type -> files.resolve(type.table() + ".ndjson").toFile().length())
                .toList();
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + files.resolve("tap-sentinel.db"))) {
            return new Snapshot(bytes, number(store, "SELECT read_to FROM progress"));
        }
    }

    private static long number(Connection store, String sql) throws SQLException {
        try (ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    private static Future<String> run(Program program) {
        FutureTask<String> end = new FutureTask<>(program::run);
        Thread thread = new Thread(end, "program");
        thread.setDaemon(true);
        thread.start();
        return end;
    }
}
