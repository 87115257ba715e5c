package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowPlannerTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant END = NOW.minus(Duration.ofMinutes(1));
    private static final Instant ORIGIN = NOW.minus(Duration.ofDays(30));

    private final WindowPlanner planner = planner(Duration.ofHours(1), Duration.ofHours(1), Optional.empty());

    @Test
    void pollReadsTheLookBackInOneRequest() {
        Plan plan = poll(NOW, readTo(END.minus(Duration.ofMinutes(5))));

        assertThat(plan.fresh()).contains(range("2026-11-20T10:59:00Z", "2026-11-20T11:59:00Z"));
        assertThat(plan.backlog()).isEmpty();
        assertThat(plan.gaps()).isEmpty();
        assertThat(plan.progress()).isEqualTo(new Progress(ORIGIN, END));
    }

    @Test
    void pauseOfThirtyMinutesNeedsOneRequest() {
        assertThat(poll(NOW, readTo(END.minus(Duration.ofMinutes(30)))).backlog())
                .isEmpty();
    }

    @Test
    void longerPauseAlsoReadsTheLookBackBeforeIt() {
        Plan plan = poll(NOW, readTo(END.minus(Duration.ofMinutes(30)).minusSeconds(1)));

        assertThat(plan.fresh()).contains(range("2026-11-20T10:59:00Z", "2026-11-20T11:59:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-20T10:28:59Z", "2026-11-20T10:59:00Z"));
    }

    @Test
    void outageBecomesABacklogBeforeTheFreshWindow() {
        Plan plan = poll(NOW, readTo(END.minus(Duration.ofHours(10))));

        assertThat(plan.fresh()).contains(range("2026-11-20T10:59:00Z", "2026-11-20T11:59:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-20T00:59:00Z", "2026-11-20T10:59:00Z"));
        assertThat(plan.gaps()).isEmpty();
    }

    @Test
    void tailUnderThirtySecondsWaitsForTheNextPoll() {
        WindowPlanner starting = planner(Duration.ofHours(1), Duration.ofHours(1), Optional.of(END.minusSeconds(29)));

        assertThat(poll(starting, NOW, starting.planStart(NOW)).fresh()).isEmpty();
        assertThat(poll(starting, NOW.plusSeconds(1), starting.planStart(NOW)).fresh())
                .contains(new TimeRange(END.minusSeconds(29), END.plusSeconds(1)));
    }

    @Test
    void nothingBeforeTheOriginIsRead() {
        Progress young = new Progress(END.minus(Duration.ofMinutes(10)), END.minus(Duration.ofMinutes(5)));

        assertThat(poll(NOW, young).fresh()).contains(new TimeRange(young.origin(), END));
    }

    @Test
    void firstStartKeepsItsOriginHoweverLateTheFirstPollSucceeds() {
        Progress first = planner.planStart(NOW);

        assertThat(first)
                .isEqualTo(new Progress(Instant.parse("2026-11-20T10:59:00Z"), Instant.parse("2026-11-20T10:59:00Z")));
        assertThat(poll(NOW.plus(Duration.ofHours(3)), first).backlog())
                .containsExactly(range("2026-11-20T10:59:00Z", "2026-11-20T13:59:00Z"));
    }

    @Test
    void startInTheFutureWaitsForItsTime() {
        WindowPlanner starting =
                planner(Duration.ofHours(1), Duration.ofHours(1), Optional.of(NOW.plus(Duration.ofDays(1))));

        assertThat(poll(starting, NOW, starting.planStart(NOW)).fresh()).isEmpty();
        assertThat(poll(starting, NOW.plus(Duration.ofDays(1)).plusSeconds(90), starting.planStart(NOW))
                        .fresh())
                .contains(new TimeRange(
                        NOW.plus(Duration.ofDays(1)),
                        NOW.plus(Duration.ofDays(1)).plusSeconds(30)));
    }

    @Test
    void firstStartReadsTheBackfill() {
        Plan plan = firstPoll(planner(Duration.ofHours(1), Duration.ofHours(3), Optional.empty()));

        assertThat(plan.fresh()).contains(range("2026-11-20T10:59:00Z", "2026-11-20T11:59:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-20T08:59:00Z", "2026-11-20T10:59:00Z"));
        assertThat(plan.progress()).isEqualTo(new Progress(Instant.parse("2026-11-20T08:59:00Z"), END));
    }

    @Test
    void sevenDayBackfillLosesOnlyTheMarginAndExpiredTime() {
        Plan plan = firstPoll(planner(Duration.ofHours(1), Duration.ofDays(7), Optional.empty()));

        assertThat(plan.progress().origin()).isEqualTo(END.minus(Duration.ofDays(7)));
        assertThat(plan.gaps()).containsExactly(range("2026-11-13T11:59:00Z", "2026-11-13T12:05:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-13T12:05:00Z", "2026-11-20T10:59:00Z"));
    }

    @Test
    void timeWithinHalfAnHourOfTheEdgeIsReadBeforeTheFreshWindow() {
        List<TimeRange> close = List.of(range("2026-11-13T12:35:00Z", "2026-11-14T12:00:00Z"));
        List<TimeRange> farther = List.of(range("2026-11-13T12:35:01Z", "2026-11-14T12:00:00Z"));

        assertThat(planner.urgent(close, Horizon.at(NOW), TapLimits.LONGEST_WINDOW, Detour.NONE))
                .contains(range("2026-11-13T12:35:00Z", "2026-11-13T13:35:00Z"));
        assertThat(planner.urgent(close, Horizon.at(NOW), Duration.ofMinutes(10), Detour.NONE))
                .contains(range("2026-11-13T12:35:00Z", "2026-11-13T12:45:00Z"));
        assertThat(planner.urgent(farther, Horizon.at(NOW), TapLimits.LONGEST_WINDOW, Detour.NONE))
                .isEmpty();
        assertThat(planner.urgent(List.of(), Horizon.at(NOW), TapLimits.LONGEST_WINDOW, Detour.NONE))
                .isEmpty();
    }

    @Test
    void unreadTimeIsTheBacklogPlusThePlansWithoutExpiredTime() {
        Plan plan = poll(NOW, readTo(END.minus(Duration.ofHours(10))));

        assertThat(planner.owed(
                        List.of(
                                range("2026-11-13T11:00:00Z", "2026-11-13T13:00:00Z"),
                                range("2026-11-19T23:00:00Z", "2026-11-20T01:00:00Z")),
                        plan,
                        Horizon.at(NOW)))
                .containsExactly(
                        range("2026-11-13T12:05:00Z", "2026-11-13T13:00:00Z"),
                        range("2026-11-19T23:00:00Z", "2026-11-20T10:59:00Z"));
    }

    @Test
    void timeReadMeanwhileIsNeitherDueNorLost() {
        Plan plan = firstPoll(planner(Duration.ofHours(1), Duration.ofDays(7), Optional.empty()));

        Plan left = plan.without(List.of(range("2026-11-13T12:03:00Z", "2026-11-13T13:03:00Z")));

        assertThat(left.gaps()).containsExactly(range("2026-11-13T11:59:00Z", "2026-11-13T12:03:00Z"));
        assertThat(left.backlog()).containsExactly(range("2026-11-13T13:03:00Z", "2026-11-20T10:59:00Z"));
        assertThat(left.fresh()).isEqualTo(plan.fresh());
        assertThat(left.progress()).isEqualTo(plan.progress());
    }

    @Test
    void startWinsOverBackfillAndMakesAGapOfExpiredTime() {
        Plan plan = firstPoll(planner(
                Duration.ofHours(1), Duration.ofHours(1), Optional.of(Instant.parse("2026-11-11T00:00:00.500Z"))));

        assertThat(plan.gaps()).containsExactly(range("2026-11-11T00:00:00Z", "2026-11-13T12:05:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-13T12:05:00Z", "2026-11-20T10:59:00Z"));
    }

    @Test
    void progressNineDaysOldMakesAGapUpToTheEdge() {
        Plan plan = poll(NOW, readTo(NOW.minus(Duration.ofDays(9))));

        assertThat(plan.gaps()).containsExactly(range("2026-11-11T11:30:00Z", "2026-11-13T12:05:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-13T12:05:00Z", "2026-11-20T10:59:00Z"));
    }

    @Test
    void clockSetBackDoesNotMoveProgress() {
        Progress ahead = new Progress(ORIGIN, END.plus(Duration.ofHours(2)));

        assertThat(poll(NOW, ahead).progress()).isEqualTo(ahead);
    }

    @Test
    void shortLookBackReachesAcrossThePause() {
        Plan plan = poll(
                planner(Duration.ofMinutes(30), Duration.ofHours(1), Optional.empty()),
                NOW,
                readTo(END.minus(Duration.ofMinutes(5))));

        assertThat(plan.fresh()).contains(range("2026-11-20T11:24:00Z", "2026-11-20T11:59:00Z"));
    }

    @Test
    void shorterWindowLeavesTheOlderPartToTheBacklog() {
        Plan plan = planner.planPoll(Horizon.at(NOW), readTo(END.minus(Duration.ofMinutes(5))), Duration.ofMinutes(10));

        assertThat(plan.fresh()).contains(range("2026-11-20T11:49:00Z", "2026-11-20T11:59:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-20T10:59:00Z", "2026-11-20T11:49:00Z"));
        assertThat(plan.progress().readTo()).isEqualTo(END);
        assertThat(WindowPlanner.oldestWindow(plan.backlog(), Duration.ofMinutes(10)))
                .isEqualTo(range("2026-11-20T10:59:00Z", "2026-11-20T11:09:00Z"));
    }

    @Test
    void windowsEndByTheEarlierClockAndStartAtTheEdge() {
        Horizon horizon = new Horizon(NOW.minus(Duration.ofMinutes(2)), NOW.minus(Duration.ofHours(3)));
        Plan plan = planner.planPoll(horizon, readTo(END.minus(Duration.ofHours(10))), TapLimits.LONGEST_WINDOW);

        assertThat(plan.fresh()).contains(range("2026-11-20T10:57:00Z", "2026-11-20T11:57:00Z"));
        assertThat(plan.backlog()).containsExactly(range("2026-11-20T09:00:00Z", "2026-11-20T10:57:00Z"));
        assertThat(plan.gaps()).containsExactly(range("2026-11-20T01:29:00Z", "2026-11-20T09:00:00Z"));
    }

    @Test
    void backlogIsReadOldestFirstInWindowsOfAnHour() {
        List<TimeRange> backlog = List.of(range("2026-11-20T00:00:00Z", "2026-11-20T01:00:10Z"));

        TimeRange first = WindowPlanner.oldestWindow(backlog, TapLimits.LONGEST_WINDOW);
        TimeRange rest = WindowPlanner.oldestWindow(TimeRange.without(backlog, first), TapLimits.LONGEST_WINDOW);

        assertThat(first).isEqualTo(range("2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z"));
        assertThat(rest).isEqualTo(range("2026-11-20T01:00:00Z", "2026-11-20T01:00:30Z"));
    }

    @Test
    void backlogIsCutAtTheEdge() {
        List<TimeRange> backlog = List.of(range("2026-11-13T11:00:00Z", "2026-11-13T13:00:00Z"));

        assertThat(planner.expired(backlog, Horizon.at(NOW)))
                .containsExactly(range("2026-11-13T11:00:00Z", "2026-11-13T12:05:00Z"));
        assertThat(planner.expired(backlog, Horizon.at(NOW.minus(Duration.ofHours(2)))))
                .isEmpty();
    }

    private static WindowPlanner planner(Duration lookBack, Duration backfill, Optional<Instant> start) {
        return new WindowPlanner(new WindowPlanner.Settings(lookBack, Duration.ofMinutes(1), backfill, start));
    }

    private Plan poll(Instant now, Progress progress) {
        return poll(planner, now, progress);
    }

    private static Plan poll(WindowPlanner planner, Instant now, Progress progress) {
        return planner.planPoll(Horizon.at(now), progress, TapLimits.LONGEST_WINDOW);
    }

    private static Plan firstPoll(WindowPlanner planner) {
        return poll(planner, NOW, planner.planStart(NOW));
    }

    private static Progress readTo(Instant readTo) {
        return new Progress(ORIGIN, readTo);
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }
}
