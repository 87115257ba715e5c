package io.tapsentinel.store.keys;

import static io.tapsentinel.store.keys.VersionsFixture.FIRST;
import static io.tapsentinel.store.keys.VersionsFixture.STATUS;
import static io.tapsentinel.store.keys.VersionsFixture.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.event.VerdictChange;
import io.tapsentinel.event.VerdictChange.Kind;
import io.tapsentinel.store.Sql;
import io.tapsentinel.testing.Claim;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One id with several GUIDs: each GUID counts as one change, and is sent once with {@code tap.updates=true}. */
public class OtherMessageTest {

    @TempDir
    Path folder;

    private VersionsFixture tap;

    @AfterEach
    void close() {
        tap.close();
    }

    @Test
    void eachOtherGuidCountsOnceAlsoAfterARestart() {
        deliverTheFirst(false);

        assertThat(tap.read(event(FIRST, "a"))).isEmpty();
        assertThat(kinds(tap.read(event(FIRST, "b")))).containsExactly(Set.of(Kind.MESSAGE));
        assertThat(tap.read(event(FIRST, "b"))).isEmpty();
        tap.restart();
        assertThat(tap.read(event(FIRST, "b"))).isEmpty();
        assertThat(kinds(tap.read(event(STATUS, "c")))).containsExactly(Set.of(Kind.MESSAGE));
        assertThat(tap.read(event(STATUS, "c"))).isEmpty();
        assertThat(tap.count("SELECT count(*) FROM seen WHERE verdict = " + FIRST))
                .as("the first row stays")
                .isEqualTo(1);
    }

    @Test
    void verdictIsComparedWithThatOfTheSameMessage() {
        deliverTheFirst(false);
        tap.read(event(STATUS, "b"));

        assertThat(kinds(tap.read(event(STATUS, "a")))).containsExactly(Set.of(Kind.STATUS));
        assertThat(kinds(tap.read(event(FIRST, "b")))).containsExactly(Set.of(Kind.STATUS));
        assertThat(tap.read(event(FIRST, "a"))).isEmpty();
        assertThat(tap.read(event(STATUS, "b"))).isEmpty();
    }

    @Test
    void missingGuidIsNotAnotherMessage() {
        deliverTheFirst(false);
        assertThat(tap.read(event(FIRST, ""))).isEmpty();
        assertThat(kinds(tap.read(event(STATUS, "")))).containsExactly(Set.of(Kind.STATUS));
        assertThat(tap.read(event(STATUS, "a"))).isEmpty();
        tap.store.transaction(connection -> Sql.update(connection, "UPDATE seen SET guid = 0"));
        assertThat(tap.read(event(FIRST, "b")))
                .as("as in a row of an older version")
                .isEmpty();
    }

    @Test
    void withUpdatesEachOtherGuidIsSentOnceAlsoAfterRestarts() {
        deliverTheFirst(true);
        TapEvent other = event(FIRST, "b");
        assertThat(tap.deliver(other)).isEqualTo(Claim.CHANGED);
        assertThat(other.getChange()).containsExactly(Kind.MESSAGE);
        assertThat(tap.deliver(event(STATUS, "c"))).isEqualTo(Claim.CHANGED);
        for (int i = 0; i < 2; i++) {
            for (TapEvent known : List.of(
                    event(FIRST, "a"), event(FIRST, "b"), event(STATUS, "c"), event(FIRST, ""), event(FIRST, "b"))) {
                assertThat(tap.deliver(known)).isEqualTo(Claim.DELIVERED);
                assertThat(tap.seen.durable().isDone(known)).isTrue();
            }
            tap.restart();
        }
        TapEvent status = event(STATUS, "b");
        assertThat(tap.deliver(status)).isEqualTo(Claim.CHANGED);
        assertThat(status.getChange()).containsExactly(Kind.STATUS);
        assertThat(tap.count("SELECT count(*) FROM seen")).isEqualTo(1);
    }

    @Test
    void withUpdatesMissingGuidDoesNotHideAnotherMessage() {
        deliverTheFirst(true);
        assertThat(tap.deliver(event(STATUS, ""))).isEqualTo(Claim.CHANGED);
        assertThat(tap.deliver(event(STATUS, ""))).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(event(STATUS, "a"))).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(event(FIRST, ""))).isEqualTo(Claim.DELIVERED);

        assertThat(tap.deliver(event(STATUS, "b"))).isEqualTo(Claim.CHANGED);
        assertThat(tap.deliver(event(FIRST, "c"))).isEqualTo(Claim.CHANGED);
    }

    @Test
    void withUpdatesOlderRowStandsForEveryGuid() {
        deliverTheFirst(true);
        tap.store.transaction(connection -> Sql.update(connection, "UPDATE seen SET guid = 0"));
        tap.restart();

        assertThat(tap.deliver(event(FIRST, "a"))).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(event(FIRST, "b"))).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(event(STATUS, "b"))).isEqualTo(Claim.CHANGED);
        assertThat(tap.deliver(event(STATUS, "a"))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void rejectedOtherMessageCanBeReplayedOnce() {
        deliverTheFirst(true);
        TapEvent other = event(FIRST, "b");
        Claim.of(tap.seen, other);
        tap.seen.rejected(other);
        tap.restart();
        assertThat(tap.deliver(event(FIRST, "b"))).as("read again").isEqualTo(Claim.DELIVERED);

        assertThat(tap.deliver(EventLife.resend(event(FIRST, "a")))).isEqualTo(Claim.DELIVERED);
        assertThat(tap.deliver(EventLife.resend(event(FIRST, "b")))).isEqualTo(Claim.CHANGED);
        assertThat(tap.deliver(EventLife.resend(event(FIRST, "b")))).isEqualTo(Claim.DELIVERED);
    }

    @Test
    void storeContainsNoGuid() {
        deliverTheFirst(false);

        assertThat(tap.count("SELECT guid FROM seen"))
                .isEqualTo(event(FIRST, "a").getGuidDigest())
                .isNotZero();
    }

    private void deliverTheFirst(boolean updates) {
        tap = new VersionsFixture(folder, updates);
        assertThat(tap.deliver(event(FIRST, "a"))).isEqualTo(Claim.NEW);
    }

    private static List<Set<Kind>> kinds(List<VerdictChange> changes) {
        return changes.stream().map(VerdictChange::kinds).toList();
    }
}
