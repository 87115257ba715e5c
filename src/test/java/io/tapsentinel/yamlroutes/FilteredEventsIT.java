package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filter example in the whole program: filtered events are counted, not missing, and delivered once the filter is removed. */
class FilteredEventsIT {

    private static final String ROUTE = "before-messages-blocked";
    private static final Instant SEVEN = Instant.parse("2026-11-20T07:00:00Z");
    private static final Instant EIGHT = SEVEN.plus(Duration.ofHours(1));

    @TempDir
    Path folder;

    @AutoClose
    private SimulatedServices services;

    @BeforeEach
    void open() throws Exception {
        services = new SimulatedServices(
                folder,
                SandboxSettings.defaults()
                        .seed(17)
                        .eventsPerHour(100)
                        .shareDocumented(0.2)
                        .shareLate(0.4));
    }

    @Test
    void filteredEventIsCountedOnce() throws Exception {
        RunningProgram program = filtering();
        assertThat(metric(program)).as("exists before anything is filtered").isZero();
        program.poll().poll();

        Map<String, Long> blocked = services.reads().get(0).counts().get(EventType.MESSAGES_BLOCKED.arrayName());
        assertThat(blocked.get(LedgerCount.FILTERED.word()))
                .isEqualTo(filtered(0))
                .isEqualTo(blocked.get(LedgerCount.filteredBy(ROUTE)));
        assertThat(filtered(0)).isGreaterThan(3);
        LedgerEntry again = services.reads().get(1);
        assertThat(again.total(LedgerCount.DUPLICATE)).isEqualTo(again.total(LedgerCount.FETCHED));
        assertThat(services.rows()).hasSize(services.firstHour().size() - (int) filtered(0));
        services.delivered().assertNoneTwice(services.firstHour());
        assertThat(metric(program)).isEqualTo(filtered(0));
        program.stop();

        program = filtering().poll();
        assertThat(filtered(2)).as("after a restart").isZero();
        assertThat(metric(program)).isZero();
        assertThat(services.store()
                        .number("SELECT sum(events) FROM ledger_count WHERE outcome = 'filtered-by-" + ROUTE + "'"))
                .isEqualTo(filtered(0));
    }

    @Test
    void eventsArriveOnceAndNotLateAfterTheFilterIsRemoved() throws Exception {
        RunningProgram program = filtering().poll();
        assertThat(services.rows()).hasSizeLessThan(services.firstHour().size());
        program.stop();

        services.start().poll().poll();

        assertThat(services.reads().get(1).total(LedgerCount.NEW)).isEqualTo(filtered(0));
        assertThat(services.reads().get(1).total(LedgerCount.LATE))
                .as("in the first read")
                .isZero();
        assertThat(services.reads().get(2).total(LedgerCount.NEW)).isZero();
        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    @Test
    void lateEventIsLateEvenIfOthersOfItsHourWereFiltered() throws Exception {
        filtering().poll().stop();
        services.clock().advance(Duration.ofMinutes(30));
        services.start().poll();

        LedgerEntry second = services.reads().get(1);
        Instant firstRead = services.reads().get(0).readAt();
        List<String> visibleLater = new ArrayList<>(services.truth(
                second.window().from(),
                services.reads().get(0).window().to().minus(Duration.ofMinutes(1)),
                second.readAt()));
        visibleLater.removeAll(services.truth(SimulatedServices.ORIGIN, EIGHT.plus(Duration.ofHours(9)), firstRead));
        assertThat(second.total(LedgerCount.LATE)).isPositive().isEqualTo(visibleLater.size());
    }

    @Test
    void eventStaysDeliveredWhenTheFilterReturns() throws Exception {
        filtering().poll().stop();
        services.start().poll().stop();
        RunningProgram program = filtering().poll();

        assertThat(filtered(2)).isZero();
        assertThat(metric(program)).isZero();
        assertThat(services.rows()).isEqualTo(services.firstHour());
    }

    @Test
    void sweepNeitherCountsFilteredEventsTwiceNorAsLate() throws Exception {
        services.with("tap.poll.start", SEVEN.toString());
        RunningProgram program = filtering();
        services.readAll(program);
        long before = services.store().number("SELECT sum(events) FROM ledger_count WHERE outcome = 'filtered'");
        program.sweep();
        LedgerEntry first = sweepOfTheHour();
        assertThat(first.total(LedgerCount.FILTERED)).isZero();
        long filtered = services.truth(SEVEN, EIGHT, services.clock().now()).size() - ours();
        assertThat(filtered).isBetween(3L, before);
        List<String> truth = services.truth(SEVEN, EIGHT, services.clock().now());
        assertHour(truth.size() - filtered);
        program.stop();

        services.clock().advance(Duration.ofHours(6));
        program = services.start();
        services.readAll(program);
        program.sweep();

        assertThat(sweepOfTheHour().total(LedgerCount.NEW)).isEqualTo(filtered);
        assertThat(sweepOfTheHour().total(LedgerCount.LATE)).isZero();
        assertHour(truth.size());
        services.delivered().assertNoneLost(truth);
        Instant now = services.clock().now();
        services.delivered().assertNoneTwice(services.truth(SEVEN.minus(Duration.ofHours(1)), now, now));
    }

    /** A program with the filter example enabled. */
    private RunningProgram filtering() throws Exception {
        return services.start(Programs.withRoutes(
                Programs.copyRoutes(folder.resolve("routes"), RoutesFixture.OPERATOR, shipped -> {
                    String route = RoutesFixture.route(shipped, ROUTE);
                    return shipped.replace(route, RoutesFixture.example(route));
                })));
    }

    private long filtered(int read) {
        return services.reads().get(read).total(LedgerCount.FILTERED);
    }

    private LedgerEntry sweepOfTheHour() {
        return services.reads().stream()
                .filter(read ->
                        read.purpose() == Purpose.SWEEP && read.window().to().equals(EIGHT))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private long ours() throws SQLException {
        return services.store().number("SELECT sum(ours) FROM sweep WHERE hour = " + SEVEN.toEpochMilli());
    }

    /** Asserts that the hour has this many events and misses none. */
    private void assertHour(long events) throws SQLException {
        String hour = " FROM sweep WHERE hour = " + SEVEN.toEpochMilli();
        assertThat(services.store().number("SELECT sum(theirs)" + hour)).isEqualTo(events);
        assertThat(services.store().number("SELECT sum(ours)" + hour)).isEqualTo(events);
    }

    private double metric(RunningProgram program) {
        return Scrape.of(program).value("tap_filtered_total{route=\"" + ROUTE + "\"}");
    }
}
