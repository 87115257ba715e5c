package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapTest extends StoreFixture {

    private static final String SUSPENDED = " was suspended for longer than the 7 days that TAP keeps";

    @Test
    void adjacentTimeExtendsAGapAndKeepsItsReason() {
        assertThat(add(Gap.NOT_READ, NOON, range(0, 100))).containsExactly(range(0, 100));
        assertThat(add(Gap.WAITED, NOON.plusSeconds(1), range(100, 105))).containsExactly(range(0, 105));
        assertThat(add(Gap.WAITED, NOON.plusSeconds(2), range(90, 110))).containsExactly(range(0, 110));

        assertThat(all()).containsExactly(new Gap(range(0, 110), Gap.NOT_READ, NOON));
    }

    @Test
    void timeBetweenTwoGapsMergesThem() {
        add(Gap.NOT_READ, NOON, range(0, 100), range(200, 300));

        assertThat(add(Gap.WAITED, NOON.plusSeconds(1), range(50, 250))).containsExactly(range(0, 300));
        assertThat(all()).containsExactly(new Gap(range(0, 300), Gap.NOT_READ, NOON));
    }

    @Test
    void knownOrDistantTimeDoesNotChangeOtherGaps() {
        add(Gap.NOT_READ, NOON, range(0, 100));

        assertThat(add(Gap.WAITED, NOON.plusSeconds(1), range(20, 80))).isEmpty();
        assertThat(add(Gap.WAITED, NOON.plusSeconds(1), range(101, 110))).containsExactly(range(101, 110));
        assertThat(all())
                .containsExactly(
                        new Gap(range(0, 100), Gap.NOT_READ, NOON),
                        new Gap(range(101, 110), Gap.WAITED, NOON.plusSeconds(1)));
    }

    @Test
    void unreadableGapIsNotMergedWithAdjacentGaps() {
        String unreadable = Gap.unreadable(2, "cut at byte 7");
        add(Gap.NOT_READ, NOON, range(0, 100));
        add(unreadable, NOON, range(100, 130));
        add(Gap.unreadable(2, "cut at byte 9"), NOON, range(130, 160));

        assertThat(add(Gap.WAITED, NOON.plusSeconds(1), range(90, 300)))
                .as("all but what is known")
                .containsExactly(range(160, 300));
        assertThat(all())
                .containsExactly(
                        new Gap(range(0, 100), Gap.NOT_READ, NOON),
                        new Gap(range(100, 130), unreadable, NOON),
                        new Gap(range(130, 160), Gap.unreadable(2, "cut at byte 9"), NOON),
                        new Gap(range(160, 300), Gap.WAITED, NOON.plusSeconds(1)))
                .extracting(Gap::isUnreadable)
                .containsExactly(false, true, true, false);
    }

    @Test
    void gapOfOneTableIsSeparateFromOtherGaps() {
        add(Gap.NOT_READ, NOON, range(0, 100));
        assertThat(lose(EventType.CLICKS_BLOCKED, NOON, range(20, 150))).containsExactly(range(20, 150));
        assertThat(lose(EventType.MESSAGES_BLOCKED, NOON, range(20, 150))).containsExactly(range(20, 150));
        assertThat(add(Gap.WAITED, NOON, range(120, 130))).containsExactly(range(120, 130));

        assertThat(all())
                .containsExactly(
                        new Gap(range(0, 100), Gap.NOT_READ, NOON),
                        new Gap(range(20, 150), "ProofPointTAPClicksBlockedV2_CL" + SUSPENDED, NOON),
                        new Gap(range(20, 150), "ProofPointTAPMessagesBlockedV2_CL" + SUSPENDED, NOON),
                        new Gap(range(120, 130), Gap.WAITED, NOON));
    }

    @Test
    void adjacentTimeExtendsAGapOfTheSameTable() {
        lose(EventType.CLICKS_BLOCKED, NOON, range(0, 100), range(200, 300));

        Instant later = NOON.plusSeconds(1);
        assertThat(lose(EventType.CLICKS_BLOCKED, later, range(20, 80))).isEmpty();
        assertThat(lose(EventType.CLICKS_BLOCKED, later, range(100, 110), range(400, 500)))
                .containsExactly(range(0, 110), range(400, 500));
        assertThat(lose(EventType.CLICKS_BLOCKED, later, range(105, 250))).containsExactly(range(0, 300));

        String reason = "ProofPointTAPClicksBlockedV2_CL" + SUSPENDED;
        assertThat(all())
                .containsExactly(new Gap(range(0, 300), reason, NOON), new Gap(range(400, 500), reason, later));
    }

    @Test
    void gapOfOneTableCountsAsRead() {
        ReadState state = new ReadState(store, clock);
        TimeRange old = new TimeRange(NOON.minus(Duration.ofDays(100)), NOON.minus(Duration.ofDays(99)));
        state.begin(new Progress(old.from(), NOON));
        lose(EventType.CLICKS_BLOCKED, NOON, old);
        assertThat(state.wasRead(old, NOON)).isTrue();
        assertThat(state.gaps()).hasSize(1);

        add(Gap.NOT_READ, NOON, old);
        assertThat(state.wasRead(old, NOON)).as("a gap of all tables").isFalse();
    }

    private List<TimeRange> lose(EventType type, Instant at, TimeRange... lost) {
        return store.transaction(connection -> TableGap.add(connection, "tap", type, List.of(lost), at));
    }

    private List<TimeRange> add(String reason, Instant at, TimeRange... givenUp) {
        return store.transaction(connection -> Gap.add(connection, "tap", List.of(givenUp), reason, at));
    }

    private List<Gap> all() {
        return store.transaction(connection -> Gap.all(connection, "tap"));
    }

    private static TimeRange range(int from, int to) {
        return new TimeRange(NOON.plusSeconds(from), NOON.plusSeconds(to));
    }
}
