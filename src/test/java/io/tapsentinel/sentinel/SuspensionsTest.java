package io.tapsentinel.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.FailureWatch;
import io.tapsentinel.sentinel.batch.Suspension;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A table is suspended only while another one works. Without deferred events an empty array ends a suspension. */
class SuspensionsTest {

    private static final EventType REFUSED = EventType.CLICKS_BLOCKED;
    private static final EventType OTHER = EventType.MESSAGES_BLOCKED;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final Map<EventType, Suspended> stored = new EnumMap<>(EventType.class);
    /** Streams that accept an empty array. */
    private final Set<String> accepting = new HashSet<>();

    private final List<String> ended = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Duration> deadlines = new ArrayList<>();
    private Runnable onRequest = () -> {};
    private final Suspensions suspensions =
            new Suspensions(() -> uploader(), () -> log(), ended::add, clock, clock.steady());

    @Test
    void tableIsSuspendedIfAnotherAcceptsAnEmptyArray() {
        accepting.add(stream(OTHER));

        assertThat(failsForTwoMinutes(REFUSED)).isTrue();

        assertThat(suspensions.suspended()).containsOnlyKeys(REFUSED);
        assertThat(stored).containsOnlyKeys(REFUSED);
        assertThat(asked).doesNotContain(stream(REFUSED)).contains(stream(OTHER));
    }

    @Test
    void recentAcknowledgementSuspendsWithoutARequest() {
        suspensions.of(REFUSED).failures().fail(refused(), clock.now());
        clock.advance(Duration.ofMinutes(2));
        suspensions.of(OTHER).failures().acknowledge();

        assertThat(suspensions.of(REFUSED).suspend(refused())).isTrue();

        assertThat(asked).isEmpty();
    }

    @Test
    void oldAcknowledgementDoesNotSuspend() {
        suspensions.of(REFUSED).failures().fail(refused(), clock.now());
        clock.advance(Duration.ofSeconds(1));
        suspensions.of(OTHER).failures().acknowledge();
        clock.advance(Duration.ofMinutes(2));

        assertThat(suspensions.of(REFUSED).suspend(refused())).isFalse();

        assertThat(suspensions.suspended()).isEmpty();
        assertThat(asked).hasSize(EventType.values().length - 1);
    }

    @Test
    void noTableIsSuspendedWhenAllStreamsRefuse() {
        for (EventType type : EventType.values()) {
            assertThat(failsForTwoMinutes(type)).isFalse();
        }

        assertThat(suspensions.suspended()).isEmpty();
    }

    /** Otherwise recovered tables would not be probed while the last one holds up the read. */
    @Test
    void suspendedTableThatAcceptsAnEmptyArrayLetsTheLastTableBeSuspended() {
        accepting.addAll(
                Stream.of(EventType.values()).map(SuspensionsTest::stream).toList());
        for (EventType type : EventType.values()) {
            assertThat(failsForTwoMinutes(type)).isTrue();
        }
        assertThat(suspensions.suspended()).hasSize(EventType.values().length);
    }

    /** Otherwise two hanging tables would delay the decision for longer than an answer counts. */
    @Test
    void suspendedTableIsNotCheckedWhileAnotherTableWorks() {
        accepting.add(stream(OTHER));
        assertThat(failsForTwoMinutes(REFUSED)).isTrue();
        asked.clear();

        assertThat(failsForTwoMinutes(EventType.MESSAGES_DELIVERED)).isTrue();

        assertThat(asked).doesNotContain(stream(REFUSED)).contains(stream(OTHER));
    }

    @Test
    void suspendedTableThatRefusesAnEmptyArrayIsNoEvidence() {
        accepting.add(stream(OTHER));
        assertThat(failsForTwoMinutes(REFUSED)).isTrue();
        accepting.clear();

        assertThat(failsForTwoMinutes(OTHER)).isFalse();

        assertThat(suspensions.suspended()).containsOnlyKeys(REFUSED);
    }

    /** It was acknowledged and has failed since. */
    @Test
    void earlierAcknowledgementOfASuspendedTableIsNoEvidence() {
        accepting.add(stream(OTHER));
        assertThat(failsForTwoMinutes(REFUSED)).isTrue();
        accepting.clear();
        suspensions.of(OTHER).failures().fail(refused(), clock.now());
        clock.advance(FailureWatch.PATIENCE);
        suspensions.of(REFUSED).failures().acknowledge();

        assertThat(suspensions.of(OTHER).suspend(refused())).isFalse();
    }

    @Test
    void noTableIsSuspendedWhenAllFailTogether() {
        for (EventType type : EventType.values()) {
            accepting.add(stream(type));
            suspensions.of(type).failures().fail(refused(), clock.now());
        }
        clock.advance(Duration.ofMinutes(3));

        for (EventType type : EventType.values()) {
            assertThat(suspensions.of(type).suspend(refused())).isFalse();
        }

        assertThat(asked).isEmpty();
    }

    @Test
    void otherStreamsAreCheckedAtMostEveryHalfMinute() {
        failsForTwoMinutes(REFUSED);
        int once = asked.size();

        for (int i = 0; i <= 60; i++) {
            suspensions.of(REFUSED).suspend(refused());
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(asked).hasSize(3 * once);
    }

    @Test
    void loadTakesOverSuspensionsOfTheStoreAndEndsOthers() {
        Suspended kept = new Suspended(clock.now(), clock.now().plusSeconds(60), 0, "refused");
        stored.put(OTHER, kept);

        suspensions.load();
        assertThat(suspensions.suspended()).containsExactly(Map.entry(OTHER, kept));

        assertThat(ended).isEmpty();
        stored.clear();
        suspensions.load();
        suspensions.load();
        assertThat(suspensions.suspended()).isEmpty();
        assertThat(ended).containsExactly(OTHER.table());
    }

    @Test
    void emptyArrayEndsSuspensionWithoutDeferredEvents() {
        suspendWithADueProbe();
        accepting.add(stream(REFUSED));

        suspensions.probeEmpty(REFUSED);

        assertThat(asked).containsExactly(stream(REFUSED));
        assertThat(deadlines).containsExactly(Suspension.PROBE);
        assertThat(suspensions.suspended()).isEmpty();
        assertThat(stored).isEmpty();
        assertThat(ended).as("not failing").containsExactly(REFUSED.table());
        assertThat(suspensions.of(REFUSED).isFailing()).isFalse();
        assertThat(suspensions.of(REFUSED).failures().isRecentlyAcknowledged())
                .as("does not count for another table")
                .isFalse();
    }

    @Test
    void refusedEmptyArrayIsAFailedProbe() {
        suspendWithADueProbe();

        suspensions.probeEmpty(REFUSED);

        assertThat(asked).containsExactly(stream(REFUSED));
        assertThat(ended).isEmpty();
        assertThat(suspensions.of(REFUSED).isDeferring()).isTrue();
        assertThat(stored.get(REFUSED).probes()).isOne();
        assertThat(stored.get(REFUSED).nextProbe()).isEqualTo(clock.now().plus(Duration.ofMinutes(2)));
        suspensions.probeEmpty(REFUSED);
        assertThat(asked).as("not before its next probe").hasSize(1);
    }

    @Test
    void onlyTableWithDueProbeIsChecked() {
        accepting.add(stream(OTHER));
        suspensions.of(REFUSED).failures().fail(refused(), clock.now());
        clock.advance(FailureWatch.PATIENCE);
        suspensions.probeEmpty(REFUSED);
        assertThat(asked).isEmpty();

        assertThat(suspensions.of(REFUSED).suspend(refused())).isTrue();
        asked.clear();
        accepting.add(stream(REFUSED));
        suspensions.probeEmpty(REFUSED);

        assertThat(asked).isEmpty();
        assertThat(suspensions.suspended()).containsOnlyKeys(REFUSED);
    }

    /** Health reads the state at any time and must not wait for Sentinel. */
    @Test
    void stateIsReadableDuringACheck() {
        suspendWithADueProbe();
        accepting.add(stream(REFUSED));
        onRequest = () -> assertThat(CompletableFuture.supplyAsync(suspensions::suspended))
                .succeedsWithin(Duration.ofSeconds(10));

        suspensions.probeEmpty(REFUSED);

        assertThat(suspensions.suspended()).isEmpty();
    }

    private void suspendWithADueProbe() {
        accepting.add(stream(OTHER));
        assertThat(failsForTwoMinutes(REFUSED)).isTrue();
        clock.advance(Duration.ofMinutes(1));
        asked.clear();
        deadlines.clear();
    }

    private boolean failsForTwoMinutes(EventType type) {
        Suspension table = suspensions.of(type);
        table.failures().fail(refused(), clock.now());
        clock.advance(FailureWatch.PATIENCE);
        return table.suspend(refused());
    }

    private Uploader uploader() {
        return new Uploader() {
            @Override
            public void upload(String stream, byte[] body) {
                throw new AssertionError("without a deadline");
            }

            @Override
            public void upload(String stream, byte[] body, Duration most) throws UploadException {
                asked.add(stream);
                deadlines.add(most);
                onRequest.run();
                assertThat(body).asString().isEqualTo("[]");
                if (!accepting.contains(stream)) {
                    throw refused();
                }
            }
        };
    }

    private SuspensionLog log() {
        return new SuspensionLog() {
            @Override
            public void suspended(EventType type, Suspended now) {
                stored.put(type, now);
            }

            @Override
            public void ended(EventType type) {
                stored.remove(type);
            }

            @Override
            public Map<EventType, Suspended> all() {
                return stored;
            }
        };
    }

    private static String stream(EventType type) {
        return "Custom-" + type.table();
    }

    private static UploadException refused() {
        return new UploadException(403, "forbidden");
    }
}
