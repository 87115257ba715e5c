package io.tapsentinel.state;

import static io.tapsentinel.tap.Pool.CLICKS_PERMITTED;
import static io.tapsentinel.tap.Pool.EVERYTHING_ELSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.Pool;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestBudgetTest {

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));

    @AutoClose
    private Store store;

    @BeforeEach
    void open() {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
    }

    @Test
    void aRollingDayIsCountedAcrossRestartsAndAReserveIsKeptForPolls() {
        assertThat(takes(budget(10, 0), Purpose.BACKLOG, 10)).isEqualTo(7);
        store.close();
        open();
        RequestBudget budget = budget(10, 0);
        assertThat(takes(budget, Purpose.BACKLOG, 1)).isZero();
        assertThat(takes(budget, Purpose.POLL, 10)).isEqualTo(3);
        clock.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(takes(budget, Purpose.POLL, 1)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(takes(budget, Purpose.BACKLOG, 1)).isEqualTo(1);
    }

    @Test
    void pollsThatUseMoreThanTheirShareLeaveTheOthersOnlyWhatIsLeftOfTheDay() {
        RequestBudget budget = budget(10, 0);

        assertThat(takes(budget, Purpose.POLL, 8)).isEqualTo(8);
        assertThat(takes(budget, Purpose.SWEEP, 5)).isEqualTo(2);
    }

    @Test
    void eachPoolHasADayOfItsOwn() {
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
        "/v2/siem/clicks/permitted?format=json, CLICKS_PERMITTED",
        "/v2/siem/all?x=/clicks/permitted, EVERYTHING_ELSE",
        "/v2/siem/clicks/blocked, EVERYTHING_ELSE",
        ", EVERYTHING_ELSE"
    })
    void thePathTellsThePool(String path, Pool pool) {
        assertThat(Pool.of(path)).isEqualTo(pool);
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
    void theShareOfPollsIsTheReserveOrWhatTheScheduleNeedsButNeverAll(int perDay, int reserve, int polls, int share) {
        assertThat(RequestBudget.share(perDay, reserve, polls)).isEqualTo(share);
    }

    @Test
    void moreScheduledPollsThanTheShareComeEvenly() {
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
    void aScheduleThatJustFitsIsNotPaced() {
        assertThat(takes(budget(48, 48), Purpose.POLL, 48)).isEqualTo(48);
    }

    @Test
    void aScheduleThatFitsIsNotPaced() {
        assertThat(takes(budget(1_800, 288), Purpose.POLL, 4))
                .as("a poll and its retries")
                .isEqualTo(4);
    }

    @Test
    void whateverIsAskedForNoRollingDayHasMoreThanTheBudgetAndPollsKeepTheirShare() {
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

    @Test
    void requestsOfAClockThatWasDaysAheadDoNotHoldUpThoseOfTheRightOne() {
        RequestBudget budget = budget(60, 288);
        clock.advance(Duration.ofDays(9));
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
        clock.advance(Duration.ofDays(-9));

        assertThat(budget.left(EVERYTHING_ELSE, Purpose.POLL)).isEqualTo(60);
        assertThat(takes(budget, Purpose.POLL, 1)).isEqualTo(1);
    }

    @Test
    void aPollIsNotHeldUpByOneOfAClockThatWentBackAFewHours() {
        RequestBudget budget = budget(60, 288);
        clock.advance(Duration.ofHours(20));
        takes(budget, Purpose.POLL, 1);
        clock.advance(Duration.ofHours(-20));

        assertThat(budget.left(EVERYTHING_ELSE, Purpose.POLL)).isEqualTo(59);
    }

    @Test
    void theSmallestBudgetsLeaveSomethingToTheBacklog() {
        assertThat(budget(2, 288).left(EVERYTHING_ELSE, Purpose.BACKLOG)).isEqualTo(1);
    }

    @Test
    void thereIsRoomAgainWhenTheOldestRequestIsADayOld() {
        RequestBudget budget = budget(10, 0);
        assertThat(budget.nextRoom(EVERYTHING_ELSE)).isEqualTo(clock.instant());
        takes(budget, Purpose.POLL, 1);
        Instant first = clock.instant();
        clock.advance(Duration.ofHours(2));
        takes(budget, Purpose.POLL, 9);

        assertThat(budget.nextRoom(EVERYTHING_ELSE)).isEqualTo(first.plus(Duration.ofDays(1)));
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
        return new RequestBudget(store, perDay, 30, pollsPerDay, clock);
    }
}
