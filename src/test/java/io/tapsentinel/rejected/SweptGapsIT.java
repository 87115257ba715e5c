package io.tapsentinel.rejected;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.UnreadableInstants;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Sweeps an hour with gaps where answers were unreadable. */
class SweptGapsIT {

    private static final Instant SEVEN = Instant.parse("2026-11-20T07:00:00Z");

    @AutoClose
    private final SimulatedServices services = new SimulatedServices().with("tap.poll.start", SEVEN.toString());

    private final UnreadableInstants tap = new UnreadableInstants(services.tapProxy());

    @Test
    void hourWithManyGapsIsSwept() throws Exception {
        RunningProgram program = startWithGaps(13, 200);

        program.sweep();

        assertThat(tap.asked()).filteredOn(window -> isOfSeven(window)).hasSize(13 + 14);
        assertSwept();
        int before = tap.asked().size();
        services.clock().advance(Duration.ofMinutes(10));
        program.pollWithTimeLeft().sweep();
        assertThat(tap.asked().subList(before, tap.asked().size())).noneMatch(SweptGapsIT::isOfSeven);
    }

    @Test
    void shortTimeBetweenGapsStartsNoSearch() throws Exception {
        RunningProgram program = startWithGaps(2, 44);
        List<TimeRange> gaps = services.store().gaps();

        program.sweep();

        assertSwept();
        services.clock().advance(Duration.ofMinutes(10));
        program.pollWithTimeLeft().sweep();
        assertThat(services.store().gaps()).containsExactlyElementsOf(gaps);
        assertThat(services.store().number("SELECT count(*) FROM unreadable")).isZero();
    }

    @Test
    void hourWithARefusedGapIsSwept() throws Exception {
        RunningProgram program = startWithGaps(2, 200);
        TimeRange refused = services.store().gaps().get(0);
        services.tapProxy()
                .rewrite((query, body) -> query.contains("/" + refused.to())
                        ? "<html>bad gateway</html>".getBytes(StandardCharsets.UTF_8)
                        : body);

        program.sweep();

        assertSwept();
        assertThat(services.store().gaps()).containsExactly(refused);
        assertThat(services.reads(Purpose.SWEEP).stream()
                        .filter(read -> isOfSeven(read.window()))
                        .flatMap(read -> read.counts().values().stream())
                        .map(counts -> counts.getOrDefault("late", 0L)))
                .as("an event that was never read cannot be late")
                .allMatch(late -> late == 0);
    }

    @Test
    void emptyAnswerRemovesOnlyTheStoredAnswerOfItsTime() throws Exception {
        RunningProgram program = startWithGaps(2, 200);
        List<TimeRange> gaps = services.store().gaps();
        Path first = store(gaps.get(0));
        Path second = store(gaps.get(1));
        services.tapProxy().next(Fault.NONE, Fault.NO_CONTENT, Fault.NO_CONTENT);

        program.sweep();

        assertThat(services.store().gaps()).containsExactly(gaps.get(0));
        assertThat(first).exists();
        assertThat(second).doesNotExist();
    }

    /** The whole day was read except for places of 30 seconds that are still unreadable. */
    private RunningProgram startWithGaps(int gaps, int secondsApart) throws Exception {
        RunningProgram program = services.start();
        program.pollWithTimeLeft();
        services.clock().advance(Duration.ofMinutes(5));
        program.pollWithTimeLeft();
        assertThat(services.store().backlog()).isEmpty();
        try (Connection store = services.store().connect();
                PreparedStatement insert =
                        store.prepareStatement("INSERT INTO gap SELECT source, ?, ?, ?, ? FROM progress")) {
            for (int i = 0; i < gaps; i++) {
                Instant at = SEVEN.plusSeconds(60 + (long) secondsApart * i);
                tap.add(at);
                insert.setLong(1, at.minusSeconds(15).toEpochMilli());
                insert.setLong(2, at.plusSeconds(15).toEpochMilli());
                insert.setString(3, "TAP's answer cannot be read (2 attempts): made by the test");
                insert.setLong(4, at.toEpochMilli());
                insert.executeUpdate();
            }
        }
        tap.asked().clear();
        return program;
    }

    private Path store(TimeRange gap) throws Exception {
        Path answer = services.folder().resolve("state/rejected").resolve(RejectedDocument.answerName(gap));
        Files.createDirectories(answer.getParent());
        return Files.writeString(answer, "{\"queryEndTime\":");
    }

    private void assertSwept() throws Exception {
        assertThat(services.store().number("SELECT count(*) FROM sweep WHERE hour = " + SEVEN.toEpochMilli()))
                .isPositive();
    }

    private static boolean isOfSeven(TimeRange window) {
        return window.overlaps(new TimeRange(SEVEN, SEVEN.plus(Duration.ofHours(1))));
    }
}
