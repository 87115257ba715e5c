package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events with impossible times, in a running program: each is a normal row, and no figure is distorted. */
class OddDatesIT {

    private static final List<String> DATES = List.of(
            "0001-01-01T00:00:00.000Z",
            "1601-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2071-11-25T09:10:00.050Z",
            "9999-12-31T23:59:59.999Z",
            "12026-11-20T11:30:00.000Z",
            "+12026-11-20T11:30:00.000Z",
            "-0044-03-15T12:00:00.000Z",
            "+999999999-12-31T23:59:59.999-18:00",
            "2026-11-20 11:30:00",
            "yesterday",
            "");
    private static final Duration MOST = Duration.ofDays(8);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void anEventOfAnyDateIsARowAndCountsInTheLagWithinItsBounds() throws Exception {
        services.tapProxy().rewrite(answer -> answer().getBytes(StandardCharsets.UTF_8));
        RunningProgram program = services.start().poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();

        assertThat(services.reads()).hasSize(2);
        assertThat(services.rows()).hasSize(2 * DATES.size()).doesNotHaveDuplicates();
        assertWell(program);
        for (EventType type : List.of(EventType.MESSAGES_BLOCKED, EventType.CLICKS_PERMITTED)) {
            String label = "{table=\"" + type.table() + "\"}";
            Scrape scrape = Scrape.of(program);
            assertThat(scrape.value("tap_event_lag_seconds_count" + label)).isEqualTo(DATES.size());
            assertThat(scrape.value("tap_event_lag_seconds_sum" + label))
                    .isBetween(3.0 * MOST.toSeconds(), (double) DATES.size() * MOST.toSeconds());
            assertThat(scrape.value("tap_event_lag_seconds_max" + label)).isLessThanOrEqualTo(MOST.toSeconds());
        }
    }

    @Test
    void aSweepAccountsForEachAndTheStorePrunesTheirHours() throws Exception {
        Instant seven = Instant.parse("2026-11-20T07:00:00Z");
        RunningProgram program =
                services.with("tap.poll.start", seven.toString()).start();
        do {
            program.poll();
        } while (services.store().number("SELECT count(*) FROM backlog") > 0);
        services.tapProxy().rewrite(answer -> answer().getBytes(StandardCharsets.UTF_8));

        program.sweep();

        LedgerEntry sweep = services.reads(Purpose.SWEEP).get(0);
        assertThat(sweep.total(LedgerCount.NEW)).isEqualTo(2 * DATES.size());
        String hour = " FROM sweep WHERE hour = " + seven.toEpochMilli();
        assertThat(services.store().number("SELECT sum(theirs)" + hour)).isEqualTo(2 * DATES.size());
        assertThat(services.store().number("SELECT sum(ours)" + hour)).isEqualTo(2 * DATES.size());
        assertWell(program);
        services.clock().advance(Duration.ofDays(2));
        program.poll();
        assertThat(services.store()
                        .number("SELECT count(*) FROM delivered_hour WHERE hour NOT BETWEEN "
                                + seven.minus(Duration.ofDays(90)).toEpochMilli() + " AND "
                                + seven.plus(Duration.ofDays(90)).toEpochMilli()))
                .isZero();
    }

    private void assertWell(RunningProgram program) {
        for (String check : List.of("tap-health", "sentinel-health", "tap-completeness", "tap-storage")) {
            HealthCheck.Result health = program.health(check);
            assertThat(health.getState()).as(check).isEqualTo(State.UP);
            assertThat(health.getDetails()).as(check).doesNotContainKey("status");
        }
        assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR") || line.startsWith("WARN"));
    }

    private static String answer() {
        return "{\"messagesBlocked\":[" + events("messageTime", "\"recipient\":[\"r@example.org\"]")
                + "],\"clicksPermitted\":[" + events("clickTime", "\"recipient\":\"r@example.org\"") + "]}";
    }

    private static String events(String happened, String fields) {
        return IntStream.range(0, DATES.size())
                .mapToObj(i -> "{\"GUID\":\"g" + i + "\",\"id\":\"00000000-0000-4000-8000-0000000000"
                        + String.format("%02d", i) + "\",\"" + happened + "\":\"" + DATES.get(i) + "\"," + fields + "}")
                .collect(Collectors.joining(","));
    }
}
