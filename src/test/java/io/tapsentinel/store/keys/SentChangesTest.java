package io.tapsentinel.store.keys;

import static io.tapsentinel.store.keys.VersionsFixture.CAMPAIGN;
import static io.tapsentinel.store.keys.VersionsFixture.FIRST;
import static io.tapsentinel.store.keys.VersionsFixture.STATUS;
import static io.tapsentinel.store.keys.VersionsFixture.THREAT;
import static io.tapsentinel.store.keys.VersionsFixture.event;
import static io.tapsentinel.store.keys.VersionsFixture.sighting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange.Kind;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.testing.Claim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tap.updates=true}: each new verdict is one more row, at most once, by the same rules as the first. */
public class SentChangesTest {

    @TempDir
    Path folder;

    @AutoClose
    private VersionsFixture tap;

    @BeforeEach
    void open() {
        tap = new VersionsFixture(folder, true);
        tap.deliver(FIRST);
    }

    @Test
    void eachVerdictIsSentOnceAlsoAfterRestarts() {
        for (long verdict : new long[] {STATUS, THREAT, CAMPAIGN}) {
            assertThat(tap.deliver(verdict)).isEqualTo(Claim.CHANGED);
            assertThat(tap.deliver(verdict)).isEqualTo(Claim.DELIVERED);
            tap.restart();
        }
        for (long verdict : new long[] {FIRST, STATUS, THREAT, CAMPAIGN}) {
            assertThat(tap.deliver(verdict)).isEqualTo(Claim.DELIVERED);
        }
        assertThat(tap.count("SELECT verdict FROM seen")).isEqualTo(FIRST);
        assertThat(tap.sighted(FIRST, STATUS, THREAT, CAMPAIGN))
                .as("counted beside")
                .isEmpty();
    }

    @Test
    void eventReportsWhatHasChanged() {
        tap.deliver(STATUS);
        tap.clock.advance(Duration.ofMinutes(1));
        TapEvent threat = event(THREAT);
        Claim.of(tap.seen, threat);

        assertThat(threat.getChange()).containsExactly(Kind.THREAT);
    }

    @Test
    void reservedVersionIsNotDelivered() {
        TapEvent changed = event(STATUS);
        Claim.of(tap.seen, changed);
        tap.seen.sending(List.of(changed));
        tap.restart();

        assertThat(tap.seen.recordAbandoned()).isEqualTo(1);
        assertThat(tap.deliver(STATUS)).as("after a kill").isEqualTo(Claim.CHANGED);
    }

    @Test
    void failedBatchReleasesTheVersion() {
        TapEvent changed = event(STATUS);
        Claim.of(tap.seen, changed);
        tap.seen.notTaken(tap.seen.sending(List.of(changed)));
        Claim.release(changed);

        assertThat(tap.deliver(STATUS)).isEqualTo(Claim.CHANGED);
    }

    @Test
    void knownVersionDoesNotBlockAnother() {
        AtomicBoolean end = new AtomicBoolean();
        CompletableFuture<Void> known = CompletableFuture.runAsync(() -> {
            while (!end.get()) {
                Claim.of(tap.seen, event(FIRST));
            }
        });
        try {
            for (int i = 0; i < 1_000; i++) {
                TapEvent changed = event(STATUS);
                assertThat(Claim.of(tap.seen, changed)).isEqualTo(Claim.CHANGED);
                Claim.release(changed);
            }
        } finally {
            end.set(true);
            known.join();
        }
    }

    @Test
    void versionAndRequestOutcomeAreOneTransaction() {
        TapEvent changed = event(STATUS);
        Claim.of(tap.seen, changed);
        long request = tap.seen.sending(List.of(changed));
        tap.store.transaction(connection -> connection.createStatement().execute("ALTER TABLE version RENAME TO away"));
        assertThatThrownBy(() -> tap.seen.delivered(request, List.of(changed))).isInstanceOf(StoreException.class);
        tap.store.transaction(connection -> connection.createStatement().execute("ALTER TABLE away RENAME TO version"));

        assertThat(tap.count("SELECT count(*) FROM in_flight")).isEqualTo(1);
        Claim.release(changed);
        assertThat(Claim.of(tap.seen, event(STATUS))).isEqualTo(Claim.CHANGED);
    }

    @Test
    void keyIsReservedForOneVersionAtATime() {
        TapEvent changed = event(STATUS);
        Claim.of(tap.seen, changed);
        assertThat(Claim.of(tap.seen, event(STATUS))).isEqualTo(Claim.RESERVED);
        assertThat(Claim.of(tap.seen, event(THREAT))).isEqualTo(Claim.RESERVED);
        assertThat(tap.seen.durable().isDone(sighting(STATUS))).as("reserved").isFalse();

        Claim.deliver(tap.seen, changed);

        assertThat(tap.seen.durable().isDone(sighting(STATUS))).isTrue();
        assertThat(tap.seen.durable().isDone(sighting(THREAT))).as("skipped").isFalse();
        assertThat(tap.deliver(THREAT)).isEqualTo(Claim.CHANGED);
    }

    @Test
    void rejectedVersionIsRejectedOnceAndCanBeReplayed() {
        TapEvent changed = event(STATUS);
        Claim.of(tap.seen, changed);
        tap.seen.rejected(changed);
        tap.restart();

        assertThat(tap.deliver(STATUS)).as("read again").isEqualTo(Claim.DELIVERED);
        assertThat(Claim.of(tap.seen, EventLife.resend(event(FIRST))))
                .as("the first one is in its table")
                .isEqualTo(Claim.DELIVERED);
        TapEvent replayed = EventLife.resend(event(STATUS));
        assertThat(Claim.of(tap.seen, replayed)).isEqualTo(Claim.CHANGED);
        Claim.deliver(tap.seen, replayed);
        assertThat(Claim.of(tap.seen, EventLife.resend(event(STATUS))))
                .as("replayed again")
                .isEqualTo(Claim.DELIVERED);
    }

    @Test
    void newVersionOfARejectedEventLeavesItRejected() {
        tap.store.transaction(connection -> Sql.update(connection, "UPDATE seen SET rejected = 1"));

        assertThat(tap.deliver(STATUS)).isEqualTo(Claim.CHANGED);

        assertThat(Claim.of(tap.seen, EventLife.resend(event(FIRST))))
                .as("the first one, replayed")
                .isEqualTo(Claim.NEW);
    }

    @Test
    void countedChangeIsNotSentLater() {
        tap.store.transaction(connection -> {
            new VersionTable("tap", tap.clock)
                    .noticed(
                            connection,
                            List.of(new SeenTable.Row(
                                    VersionsFixture.TYPE.arrayName(),
                                    event(STATUS).getKey(),
                                    STATUS,
                                    0)));
            return null;
        });

        assertThat(tap.deliver(STATUS)).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void deliveryOfAVersionCountsAsASighting() {
        tap.clock.advance(Duration.ofDays(7));
        tap.deliver(STATUS);
        tap.clock.advance(Duration.ofDays(7));
        tap.seen.prune();

        assertThat(tap.deliver(FIRST)).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(STATUS)).isEqualTo(Claim.DELIVERED);
    }
}
