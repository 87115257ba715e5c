package io.tapsentinel.tap.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.Detour;
import io.tapsentinel.tap.plan.Horizon;
import io.tapsentinel.tap.plan.TapLimits;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.Unreadable;
import io.tapsentinel.tap.plan.Unreadable.How;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The search for unreadable time, step by step. */
class UnreadablesTest {

    private static final Instant AT = Instant.parse("2026-11-20T12:00:00Z");

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TimeRange HOUR = range(0, 3_600);
    private static final TimeRange ELSEWHERE = range(9_000, 9_300);

    @Test
    void secondFailureOfTheSameTimeMakesARangeBad() {
        Unreadables once = Unreadables.NONE.failed(HOUR, How.ANSWER, AT);
        assertThat(once.bad()).isEmpty();

        assertThat(once.failed(range(300, 3_900), How.ANSWER, AT).bad())
                .as("a poll later, the time is that of both")
                .extracting(Unreadable::time)
                .containsExactly(range(300, 3_600));
        assertThat(once.failed(range(3_580, 7_180), How.ANSWER, AT).bad())
                .as("other time")
                .isEmpty();
        assertThat(once.failed(HOUR, How.END, AT).bad())
                .as("for another reason")
                .isEmpty();
        assertThat(once.read(range(0, 60)).failed(HOUR, How.ANSWER, AT).bad())
                .as("part of it was read in between")
                .isEmpty();
    }

    @Test
    void secondRangeIsBadOnlyAfterOtherTimeWasRead() {
        Unreadables one = bad(How.ANSWER);
        assertThat(one.failed(ELSEWHERE, How.ANSWER, AT)
                        .failed(ELSEWHERE, How.ANSWER, AT)
                        .bad())
                .as("TAP may answer every window like this")
                .hasSize(1);
        assertThat(one.read(range(20_000, 21_000))
                        .failed(ELSEWHERE, How.ANSWER, AT)
                        .failed(ELSEWHERE, How.ANSWER, AT)
                        .bad())
                .hasSize(2);
    }

    @Test
    void attemptCountsForItsOwnRangeOnly() {
        Unreadables one =
                bad(How.ANSWER).failed(range(100, 128), How.ANSWER, AT).read(ELSEWHERE);
        Unreadables two = one.failed(range(126, 156), How.ANSWER, AT).read(range(60, 90));
        assertThat(two.lost()).as("the window is not its own").isEmpty();
        assertThat(two.failed(range(99, 129), How.ANSWER, AT)
                        .failed(range(98, 128), How.ANSWER, AT)
                        .lost())
                .as("one attempt of its own")
                .isEmpty();
    }

    @Test
    void eachHalfNarrowsTheRangeWhetherReadOrFailed() {
        assertThat(bad(How.ANSWER).failed(range(0, 1_800), How.ANSWER, AT).bad())
                .extracting(Unreadable::time)
                .containsExactly(range(0, 1_800));
        assertThat(bad(How.ANSWER).read(range(0, 1_800)).bad())
                .extracting(Unreadable::time)
                .containsExactly(range(1_800, 3_600));
        assertThat(bad(How.ANSWER).read(HOUR).ranges()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(How.class)
    void shortestWindowIsLostAfterItsAttemptsWithOtherTimeReadInBetween(How how) {
        Unreadables shortest = bad(how).failed(range(100, 128), how, AT);
        for (int i = 1; i < how.attempts(); i++) {
            shortest = shortest.failed(range(99, 129), how, AT);
            assertThat(shortest.failed(range(99, 129), how, AT).lost())
                    .as("nothing else was read since attempt " + i)
                    .isEmpty();
            shortest = shortest.read(ELSEWHERE);
        }
        assertThat(shortest.lost()).isEmpty();
        assertThat(shortest.read(range(99, 129)).ranges())
                .as("it was read after all")
                .isEmpty();

        assertThat(shortest.failed(range(99, 129), how, AT).lost())
                .map(Unreadable::avoided)
                .contains(range(99, 129));
    }

    @Test
    void fourKillsOrTwoErrorsMakeAGap() {
        assertThat(List.of(How.values())).extracting(How::attempts).containsExactly(2, 2, 4);
        Unreadables mixed = bad(How.END).failed(range(100, 128), How.ERROR, AT);
        for (How how : List.of(How.ERROR, How.END, How.ERROR)) {
            mixed = mixed.failed(range(99, 129), how, AT).read(ELSEWHERE);
            assertThat(mixed.lost()).isEmpty();
        }
        assertThat(mixed.failed(range(99, 129), How.ERROR, AT).lost()).isPresent();
        assertThat(mixed.failed(range(99, 129), How.ANSWER, AT).lost())
                .as("not in a row")
                .isEmpty();
    }

    /** One request per step, with an unreadable instant in every second of an hour, and between seconds. */
    @Test
    void everyInstantOfAnHourIsFoundInElevenRequestsInsideItsGap() {
        int most = 0;
        for (int half = 1; half < 7_200; half++) {
            Instant at = NOON.plusMillis(half * 500L);
            Unreadables search = bad(How.ANSWER);
            List<TimeRange> owed = new ArrayList<>(List.of(HOUR));
            int requests = 2;
            while (search.lost().isEmpty()) {
                TimeRange window = new Detour(search.bad(), List.of())
                        .nextOfBacklog(
                                owed, Duration.ofHours(1), Horizon.at(NOON.plus(Duration.ofDays(1))), range -> true)
                        .orElse(null);
                if (window == null) {
                    search = search.read(ELSEWHERE);
                    continue;
                }
                assertThat(window.length()).isBetween(TapLimits.SHORTEST_WINDOW, TapLimits.LONGEST_WINDOW);
                requests++;
                boolean fails = !at.isBefore(window.from()) && !at.isAfter(window.to());
                search = fails ? search.failed(window, How.ANSWER, AT) : search.read(window);
                owed = fails ? owed : new ArrayList<>(TimeRange.without(owed, window));
            }
            TimeRange gap = search.lost().get().avoided();
            assertThat(gap.length()).isLessThanOrEqualTo(TapLimits.SHORTEST_WINDOW);
            assertThat(at).isBetween(gap.from(), gap.to());
            assertThat(TimeRange.without(owed, gap)).as("nothing else is left").isEmpty();
            most = Math.max(most, requests);
        }
        System.out.println("requests for one instant of an hour, at most: " + most);
        assertThat(most).isLessThanOrEqualTo(13);
    }

    private static Unreadables bad(How how) {
        return Unreadables.NONE.failed(HOUR, how, AT).failed(HOUR, how, AT);
    }

    private static TimeRange range(long from, long to) {
        return new TimeRange(NOON.plusSeconds(from), NOON.plusSeconds(to));
    }
}
