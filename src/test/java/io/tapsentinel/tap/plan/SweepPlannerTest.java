package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SweepPlannerTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:07:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final SweepPlanner planner = new SweepPlanner(List.of(Duration.ofHours(4), Duration.ofHours(8), DAY));
    private final Map<Instant, Instant> swept = new HashMap<>();

    @Test
    void newestHourThatIsOldEnoughComesFirst() {
        assertThat(due(NOW, "2026-11-20T05:00:00Z", List.of()))
                .containsExactly(
                        hour("2026-11-20T07:00:00Z"), hour("2026-11-20T06:00:00Z"), hour("2026-11-20T05:00:00Z"));
    }

    @Test
    void hourIsDueOnceAtEachAge() {
        List<Instant> sweeps = new ArrayList<>();
        for (Instant now = NOW; now.isBefore(NOW.plus(Duration.ofDays(3))); now = now.plus(Duration.ofMinutes(10))) {
            if (due(now, "2026-11-20T10:00:00Z", List.of()).contains(hour("2026-11-20T10:00:00Z"))) {
                swept.put(Instant.parse("2026-11-20T10:00:00Z"), now);
                sweeps.add(now);
            }
        }

        assertThat(sweeps)
                .containsExactly(
                        Instant.parse("2026-11-20T15:07:00Z"),
                        Instant.parse("2026-11-20T19:07:00Z"),
                        Instant.parse("2026-11-21T11:07:00Z"));
    }

    @Test
    void afterAnOutageOneSweepCountsForAllPassedAges() {
        Instant start = Instant.parse("2026-11-20T07:00:00Z");
        swept.put(start, NOW);
        Instant back = NOW.plus(Duration.ofDays(2));

        assertThat(due(back, "2026-11-20T07:00:00Z", List.of())).contains(hour("2026-11-20T07:00:00Z"));
        swept.put(start, back);
        assertThat(due(back.plus(DAY), "2026-11-20T07:00:00Z", List.of())).doesNotContain(hour("2026-11-20T07:00:00Z"));
    }

    @Test
    void firstHourBeginsWhereReadingStarted() {
        assertThat(due(NOW, "2026-11-20T06:40:00Z", List.of()))
                .containsExactly(hour("2026-11-20T07:00:00Z"), range("2026-11-20T06:40:00Z", "2026-11-20T07:00:00Z"));
        assertThat(SweepPlanner.hourOf(range("2026-11-20T06:40:00Z", "2026-11-20T07:00:00Z")))
                .isEqualTo(Instant.parse("2026-11-20T06:00:00Z"));
        assertThat(due(NOW, "2026-11-20T06:59:31Z", List.of()))
                .as("under TAP's 30 seconds")
                .containsExactly(hour("2026-11-20T07:00:00Z"));
    }

    @Test
    void hourThatBeginsBeforeTheEdgeIsNotSwept() {
        assertThat(planner.due(
                        new Horizon(NOW, Instant.parse("2026-11-20T06:00:00Z")),
                        progress("2026-11-01T00:00:00Z"),
                        List.of(),
                        swept))
                .containsExactly(hour("2026-11-20T07:00:00Z"), hour("2026-11-20T06:00:00Z"));
        assertThat(planner.due(
                        new Horizon(NOW, Instant.parse("2026-11-20T06:00:01Z")),
                        progress("2026-11-01T00:00:00Z"),
                        List.of(),
                        swept))
                .containsExactly(hour("2026-11-20T07:00:00Z"));
    }

    @Test
    void unreadHourWaitsAndItsNeighboursDoNot() {
        List<TimeRange> backlog = List.of(range("2026-11-20T06:59:59Z", "2026-11-20T07:00:00Z"));

        assertThat(due(NOW, "2026-11-20T05:00:00Z", backlog))
                .containsExactly(hour("2026-11-20T07:00:00Z"), hour("2026-11-20T05:00:00Z"));
    }

    @Test
    void hourAfterTheProgressWaits() {
        Progress progress = new Progress(Instant.parse("2026-11-20T05:00:00Z"), Instant.parse("2026-11-20T06:59:59Z"));

        assertThat(planner.due(Horizon.at(NOW), progress, List.of(), swept))
                .containsExactly(hour("2026-11-20T05:00:00Z"));
    }

    @Test
    void withoutAgesNothingIsDue() {
        assertThat(new SweepPlanner(List.of()).due(Horizon.at(NOW), progress("2026-11-01T00:00:00Z"), List.of(), swept))
                .isEmpty();
    }

    private List<TimeRange> due(Instant now, String origin, List<TimeRange> backlog) {
        return planner.due(Horizon.at(now), new Progress(Instant.parse(origin), now), backlog, swept);
    }

    private static Progress progress(String origin) {
        return new Progress(Instant.parse(origin), NOW);
    }

    private static TimeRange hour(String start) {
        return new TimeRange(Instant.parse(start), Instant.parse(start).plus(Duration.ofHours(1)));
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }
}
