package io.tapsentinel.store.ledger;

import static io.tapsentinel.tap.plan.Pool.CLICKS_PERMITTED;
import static io.tapsentinel.tap.plan.Pool.EVERYTHING_ELSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBudgetTest extends StoreFixture {

    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private final TapClock tap = new TapClock(clock, clock.steady());

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        tapTellsItsTime();
    }

    private void tapTellsItsTime() {
        tap.observed(trueTime(), clock.instant(), clock.instant());
    }

    /** The time of a clock that is never set. */
    private Instant trueTime() {
        return clock.steady().instant();
    }

    @Test
    void rollingDayIsCountedAcrossRestartsWithAReserveForPolls() {
        assertThat(takes(budget(10, 0), Purpose.BACKLOG, 10)).isEqualTo(7);
        restart();
        RequestBudget budget = budget(10, 0);
        assertThat(takes(budget, Purpose.BACKLOG, 1)).isZero();
        assertThat(takes(budget, Purpose.POLL, 10)).isEqualTo(3);
        clock.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(takes(budget, Purpose.POLL, 1)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(takes(budget, Purpose.BACKLOG, 1)).isEqualTo(1);
    }

    @Test
    void pollsAboveTheirShareReduceOtherReads() {
        RequestBudget budget = budget(10, 0);

        assertThat(takes(budget, Purpose.POLL, 8)).isEqualTo(8);
        assertThat(takes(budget, Purpose.SWEEP, 5)).isEqualTo(2);
    }

    @Test
    void eachPoolHasItsOwnBudget() {
        RequestBudget budget = budget(10, 0);

        assertThat(takes(budget, Purpose.POLL, 20)).isEqualTo(10);
        assertThat(budget.left(CLICKS_PERMITTED, Purpose.POLL)).isEqualTo(10);
        assertThat(budget.take(CLICKS_PERMITTED, Purpose.POLL)).isTrue();
        assertThat(budget.used(CLICKS_PERMITTED)).isEqualTo(1);
        assertThat(budget.used(EVERYTHING_ELSE)).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/siem/clicks/permitted, CLICKS_PERMITTED",
        "/v2/siem/clicks/permitted?format=json&interval=PT1H/2026-11-20T12:00:00Z, CLICKS_PERMITTED",
        "/of/a/gateway/v2/siem/clicks/permitted?format=json, CLICKS_PERMITTED",
        "/v2/siem/all?format=json, EVERYTHING_ELSE",
        "/v2/siem/issues?format=json, EVERYTHING_ELSE",
        "/v2/siem/clicks/blocked?format=json, EVERYTHING_ELSE",
        "/v2/siem/messages/delivered, EVERYTHING_ELSE",
        "/of/a/gateway/v2/siem/messages/blocked?format=json, EVERYTHING_ELSE",
        "/v2/siem/all?x=/clicks/permitted, EVERYTHING_ELSE",
        ", EVERYTHING_ELSE"
    })
    void pathSelectsThePool(String path, Pool pool) {
        assertThat(Pool.of(path)).isEqualTo(pool);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void onlyPermittedClicksHaveTheirOwnPool(EventType type) {
        assertThat(Pool.of(type)).isEqualTo(type == EventType.CLICKS_PERMITTED ? CLICKS_PERMITTED : EVERYTHING_ELSE);
    }

    @Test
    void catchingUpLeavesTheReserveToPollsInEitherPool() {
        RequestBudget budget = budget(10, 0);

        for (Pool pool : Pool.values()) {
            for (int i = 0; i < 4; i++) {
                assertThat(budget.take(pool, Purpose.SWEEP)).isTrue();
            }
            for (int i = 0; i < 3; i++) {
                assertThat(budget.take(pool, Purpose.CATCH_UP)).isTrue();
            }
            assertThat(budget.take(pool, Purpose.CATCH_UP)).as("the reserve").isFalse();
            assertThat(budget.left(pool, Purpose.POLL)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1800, 30, 288, 540",
        "1800, 10, 288, 288",
        "60, 30, 288, 48",
        "60, 30, 0, 18",
        "1, 0, 288, 1",
        "288, 30, 288, 288",
        "60, 90, 288, 54"
    })
    void shareOfPollsCoversTheScheduleButNeverAll(int perDay, int reserve, int polls, int share) {
        assertThat(RequestBudget.share(perDay, reserve, polls)).isEqualTo(share);
    }

    @Test
    void tooManyScheduledPollsAreSpacedEvenly() {
        RequestBudget budget = budget(60, 288);
        List<Instant> polls = new ArrayList<>();
        for (int tick = 0; tick < 2 * 288; tick++) {
            if (budget.take(EVERYTHING_ELSE, Purpose.POLL)) {
                polls.add(clock.instant());
            }
            takes(budget, Purpose.SWEEP, 1);
            clock.advance(Duration.ofMinutes(5));
        }

        assertThat(polls).hasSize(2 * 48);
        for (int i = 1; i < polls.size(); i++) {
            assertThat(Duration.between(polls.get(i - 1), polls.get(i))).isEqualTo(Duration.ofMinutes(30));
        }
    }

    @Test
    void barelyFittingScheduleIsNotPaced() {
        assertThat(takes(budget(48, 48), Purpose.POLL, 48)).isEqualTo(48);
    }

    @Test
    void fittingScheduleIsNotPaced() {
        assertThat(takes(budget(1_800, 288), Purpose.POLL, 4))
                .as("a poll and its retries")
                .isEqualTo(4);
    }

    @Test
    void noRollingDayExceedsTheBudgetAndPollsKeepTheirShare() {
        Random random = new Random(4);
        RequestBudget budget = budget(40, 0);
        List<Instant> all = new ArrayList<>();
        List<Instant> others = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            clock.advance(Duration.ofSeconds(random.nextInt(3_000)));
            Purpose purpose = Purpose.values()[random.nextInt(3)];
            if (budget.take(EVERYTHING_ELSE, purpose)) {
                all.add(clock.instant());
                if (purpose != Purpose.POLL) {
                    others.add(clock.instant());
                }
            }
        }
        assertThat(mostInADay(all)).isEqualTo(40);
        assertThat(mostInADay(others)).isLessThanOrEqualTo(28);
    }

    @ParameterizedTest
    @ValueSource(strings = {"P2D", "-P2D", "P3650D", "-P3650D", "PT2H"})
    void wrongClockCountsAndKeepsEveryRequest(Duration wrong) {
        RequestBudget budget = budget(10, 0);
        assertThat(takes(budget, Purpose.POLL, 6)).isEqualTo(6);
        clock.set(clock.now().plus(wrong));
        assertThat(budget.left(EVERYTHING_ELSE, Purpose.POLL)).isEqualTo(4);
        assertThat(takes(budget, Purpose.POLL, 20)).as("what is left").isEqualTo(4);

        clock.set(trueTime());
        assertThat(budget.used(EVERYTHING_ELSE)).isEqualTo(10);
        assertThat(takes(budget, Purpose.POLL, 20)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P2D", "-P2D", "P3650D", "-P3650D"})
    void requestsAreCountedByTapsTimeWhileTheClockIsWrong(Duration wrong) {
        RequestBudget budget = budget(10, 0);
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
        clock.set(clock.now().plus(wrong));
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
        tapTellsItsTime();
        assertThat(takes(budget, Purpose.POLL, 20)).isEqualTo(8);

        clock.advance(Duration.ofHours(24));
        tapTellsItsTime();
        // a request recorded by the wrong clock may count for longer
        assertThat(takes(budget, Purpose.POLL, 20)).isBetween(9, 10);
        assertThat(budget.used(EVERYTHING_ELSE)).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"P2D", "P3650D"})
    void requestsOfAClockAheadCountForOneDay(Duration ahead) {
        RequestBudget budget = budget(10, 0);
        clock.set(clock.now().plus(ahead));
        assertThat(takes(budget, Purpose.POLL, 10)).isEqualTo(10);
        clock.set(trueTime());
        tapTellsItsTime();
        assertThat(takes(budget, Purpose.POLL, 1))
                .as("the earlier requests count")
                .isZero();

        clock.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(takes(budget, Purpose.POLL, 1)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(takes(budget, Purpose.POLL, 20)).isEqualTo(10);
    }

    @Test
    void nothingIsDeletedBeforeTapsTimeIsKnown() {
        assertThat(takes(budget(10, 0), Purpose.POLL, 10)).isEqualTo(10);
        clock.advance(Duration.ofDays(3));
        TapClock silent = new TapClock(clock, clock.steady());
        RequestBudget budget = new RequestBudget(store, 10, 30, 0, silent, clock);

        assertThat(takes(budget, Purpose.SWEEP, 1)).isZero();
        assertThat(takes(budget, Purpose.POLL, 5))
                .as("the last request was days ago, by our clock")
                .isEqualTo(1);
        RequestBudget again = new RequestBudget(store, 10, 30, 0, silent, clock);
        assertThat(takes(again, Purpose.POLL, 1)).as("after another start").isZero();
        clock.advance(Duration.ofSeconds(239));
        assertThat(takes(again, Purpose.POLL, 1))
                .as("after less than 4 minutes")
                .isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(takes(again, Purpose.POLL, 5)).isEqualTo(1);
        clock.advance(Duration.ofMinutes(59));
        assertThat(takes(again, Purpose.POLL, 5)).as("its answer had no time").isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(takes(again, Purpose.POLL, 5)).isEqualTo(1);

        silent.observed(clock.now(), clock.now(), clock.now());
        assertThat(budget.used(EVERYTHING_ELSE)).isEqualTo(3);
        assertThat(takes(budget, Purpose.POLL, 20)).isEqualTo(7);
    }

    @Test
    void temporarilyWrongDateDeletesNoRequest() {
        RequestBudget budget = budget(10, 0);
        assertThat(takes(budget, Purpose.POLL, 6)).isEqualTo(6);
        tap.observed(clock.now().plus(Duration.ofDays(5)), clock.now(), clock.now());
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
        tap.observed(clock.now().minus(Duration.ofDays(5)), clock.now(), clock.now());
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
        tapTellsItsTime();

        assertThat(takes(budget, Purpose.POLL, 20))
                .as("except the one recorded five days ago")
                .isLessThanOrEqualTo(3);
    }

    @Test
    void clockChangesExceedTheBudgetByAtMostOnePollEach() {
        Random random = new Random(7);
        RequestBudget budget = budget(40, 0);
        List<Instant> all = new ArrayList<>();
        List<Instant> set = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            clock.advance(Duration.ofSeconds(random.nextInt(3_000)));
            if (random.nextInt(60) == 0) {
                Duration wrong = Duration.ofHours(random.nextInt(-200, 200));
                clock.set(trueTime().plus(random.nextBoolean() ? wrong : Duration.ZERO));
                set.add(trueTime());
            }
            if (budget.take(EVERYTHING_ELSE, Purpose.values()[random.nextInt(3)])) {
                all.add(trueTime());
                tapTellsItsTime();
            }
        }
        assertThat(all).hasSizeGreaterThan(250);
        assertThat(mostInADay(all)).isBetween(40, 40 + mostInADay(set));
        assertThat(longestPause(all)).as("every purpose gets its turn").isLessThan(Duration.ofHours(26));
    }

    private static Duration longestPause(List<Instant> times) {
        Duration longest = Duration.ZERO;
        for (int i = 1; i < times.size(); i++) {
            Duration pause = Duration.between(times.get(i - 1), times.get(i));
            longest = pause.compareTo(longest) > 0 ? pause : longest;
        }
        return longest;
    }

    @Test
    void clockSetBackDoesNotDelayPolls() {
        RequestBudget budget = budget(60, 288);
        clock.set(clock.now().plus(Duration.ofHours(20)));
        takes(budget, Purpose.POLL, 1);
        clock.set(trueTime());

        assertThat(budget.left(EVERYTHING_ELSE, Purpose.POLL)).isEqualTo(59);
    }

    @Test
    void smallestBudgetsLeaveRoomForTheBacklog() {
        assertThat(budget(2, 288).left(EVERYTHING_ELSE, Purpose.BACKLOG)).isEqualTo(1);
    }

    @Test
    void roomReturnsWhenTheOldestRequestIsADayOld() {
        RequestBudget budget = budget(10, 0);
        assertThat(budget.nextRoom(EVERYTHING_ELSE)).contains(clock.instant());
        takes(budget, Purpose.POLL, 1);
        Instant first = clock.instant();
        clock.advance(Duration.ofHours(2));
        takes(budget, Purpose.POLL, 9);

        assertThat(budget.nextRoom(EVERYTHING_ELSE)).contains(first.plus(Duration.ofDays(1)));
    }

    private static int mostInADay(List<Instant> times) {
        int most = 0;
        for (int from = 0, to = 0; to < times.size(); to++) {
            while (!times.get(from).isAfter(times.get(to).minus(Duration.ofHours(24)))) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    private static int takes(RequestBudget budget, Purpose purpose, int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += budget.take(EVERYTHING_ELSE, purpose) ? 1 : 0;
        }
        return taken;
    }

    private RequestBudget budget(int perDay, int pollsPerDay) {
        return new RequestBudget(store, perDay, 30, pollsPerDay, tap, clock);
    }
}
