package io.tapsentinel.monitoring.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.LastError;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.DeliveredCounts;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.MovableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which hours are reported, for a store set up by the test. */
class HealthNewsTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(NOON);
    private final List<Integer> bytes = new ArrayList<>();
    private final List<Long> delivered = new ArrayList<>();
    private final LastError tap = new LastError();
    private final SentinelComponent sentinel = new SentinelComponent();
    private String error;
    private int hours;
    private int failing;

    @AutoClose
    private Store store;

    private HealthTable table;

    @BeforeEach
    void open() {
        store = Store.open("jdbc:sqlite:" + folder.resolve("tap.db"), "s".repeat(100), "https://tap.example.com");
        ReadState state = new ReadState(store, clock);
        state.begin(new Progress(NOON.minus(Duration.ofDays(30)), NOON));
        sentinel.setUploader((stream, body) -> uploaded(body));
        table = new HealthTable(
                store.source(),
                "1",
                sentinel,
                new Figures(store, state, new SuspensionTable(store), clock),
                new DeliveredCounts(store),
                new RequestBudget(store, 1800, 30, 288, new TapClock(clock), clock),
                tap);
    }

    @Test
    void sevenDaysAreSentInRequestsBelowTheLimit() {
        table.send();
        assertThat(hours).isEqualTo(7 * 24 * 4);
        assertThat(bytes).allMatch(size -> size < 1_000_000);
    }

    @Test
    void everyChangeOfAnHourIsSent() {
        for (int figure : List.of(1, 2, 1, 1)) {
            execute("DELETE FROM delivered_hour");
            execute("INSERT INTO delivered_hour VALUES ('" + store.source() + "', 'clicksBlocked', "
                    + NOON.minus(Duration.ofHours(2)).toEpochMilli() + ", " + figure + ")");
            table.send();
        }
        assertThat(delivered.stream().filter(rows -> rows > 0)).containsExactly(1L, 2L, 1L);
    }

    @Test
    void hoursOfAFailedRequestAreSentAgain() {
        failing = 1;
        table.send();
        assertThat(hours).isZero();
        table.send();
        assertThat(hours).isEqualTo(7 * 24 * 4);
        table.send();
        assertThat(hours).isEqualTo(7 * 24 * 4);
    }

    @Test
    void everyFirstFailureAndRecoveryIsLogged() {
        try (LogLines log = LogLines.open()) {
            for (int round = 0; round < 2; round++) {
                failing = 2;
                for (int send = 0; send < 4; send++) {
                    table.send();
                }
            }
            assertThat(log.lines().stream().filter(line -> line.contains("TapSentinelHealth_CL")))
                    .extracting(line -> line.split(" ")[0])
                    .containsExactly("WARN", "INFO", "WARN", "INFO");
        }
    }

    @Test
    void latestErrorIsSent() {
        tap.note("tap-401", NOON);
        sentinel.deliveryStatus().lastError().note("sentinel-403", NOON.plusSeconds(1));
        table.send();
        assertThat(error).isEqualTo("sentinel-403");
        tap.note("tap-500", NOON.plusSeconds(2));
        table.send();
        assertThat(error).isEqualTo("tap-500");
    }

    @Test
    void onlyVirtualMachineErrorsAreFatal() {
        List<Error> fatal = new ArrayList<>();
        Error memory = new OutOfMemoryError("a test's");
        sentinel.onFatalError(fatal::add);
        for (Error error : List.of(new NoClassDefFoundError("a test's"), memory)) {
            sentinel.setUploader((stream, body) -> {
                throw error;
            });
            table.send();
        }
        assertThat(fatal).containsExactly(memory);
    }

    private void uploaded(byte[] body) throws UploadException {
        if (failing-- > 0) {
            throw new UploadException(503, "refused: 503");
        }
        bytes.add(body.length);
        try {
            for (JsonNode row : new ObjectMapper().readTree(body)) {
                if (row.path("kind").textValue().equals("hour")) {
                    hours++;
                    delivered.add(row.path("delivered").longValue());
                } else {
                    error = row.path("lastErrorCode").textValue();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void execute(String sql) {
        store.transaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(sql);
            }
        });
    }
}
