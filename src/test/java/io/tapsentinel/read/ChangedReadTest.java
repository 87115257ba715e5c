package io.tapsentinel.read;

import static io.tapsentinel.read.WindowReadFixture.NO_CAUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.BrokenEventLife;
import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.Outcome;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.StoreFixture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reads of delivered events whose verdict has changed, with a real store and ledger. */
class ChangedReadTest extends StoreFixture {

    @Test
    void changeIsCountedOnceByTheReadThatCommits() {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        seen.delivered(0, List.of(event(1)));
        WindowRead lost = read(seen);
        end(lost, event(2), Outcome.DUPLICATE);
        execute("ALTER TABLE ledger RENAME TO away");
        assertThatThrownBy(lost::commit).isInstanceOf(StoreException.class);
        execute("ALTER TABLE away RENAME TO ledger");

        for (int changed : new int[] {1, 0}) {
            WindowRead read = read(seen);
            // the same version twice in one answer
            end(read, event(2), Outcome.DUPLICATE);
            end(read, event(2), Outcome.DUPLICATE);
            read.commit();
            assertThat(read.entry().total(LedgerCount.CHANGED)).isEqualTo(changed);
            assertThat(read.entry().total(LedgerCount.CHANGED_STATUS)).isEqualTo(changed);
            assertThat(read.entry().total(LedgerCount.DUPLICATE)).isEqualTo(2 - changed);
        }
    }

    @Test
    void commitWaitsForASkippedVersionOfAnEvent() {
        SeenKeys seen = new SeenKeys(store, 1_000, true, clock);
        seen.delivered(0, List.of(event(1)));
        TapEvent second = event(2);
        TapEvent third = event(3);
        assertThat(Claim.of(seen, second)).isEqualTo(Claim.CHANGED);
        assertThat(Claim.of(seen, third)).isEqualTo(Claim.RESERVED);
        Claim.deliver(seen, second);
        WindowRead read = read(seen);
        end(read, second, Outcome.DELIVERED);
        end(read, third, Outcome.DUPLICATE_OF_RESERVED);
        assertThatThrownBy(read::commit)
                .isInstanceOf(WindowFailedException.class)
                .hasMessageContaining("was not delivered");

        BrokenEventLife.put(third, Outcome.NONE);
        assertThat(Claim.of(seen, third)).as("its turn").isEqualTo(Claim.CHANGED);
        Claim.deliver(seen, third);
        read.commit();

        assertThat(read.entry().total(LedgerCount.CHANGED)).isEqualTo(1);
    }

    @Test
    void twoMessagesWithOneIdAreCountedOnce() {
        SeenKeys seen = new SeenKeys(store, 1_000, clock);
        for (int changed : new int[] {1, 0}) {
            WindowRead read = read(seen);
            TapEvent first = event(1, "gA");
            TapEvent other = event(1, "gB");
            if (changed == 1) {
                assertThat(Claim.of(seen, first)).isEqualTo(Claim.NEW);
                assertThat(Claim.of(seen, other)).isEqualTo(Claim.RESERVED);
                Claim.deliver(seen, first);
                end(read, first, Outcome.DELIVERED);
                end(read, other, Outcome.DUPLICATE_OF_RESERVED);
                end(read, event(1, "gB"), Outcome.DUPLICATE_OF_RESERVED);
            } else {
                end(read, first, Outcome.DUPLICATE);
                end(read, other, Outcome.DUPLICATE);
            }
            read.commit();
            assertThat(read.entry().total(LedgerCount.CHANGED)).isEqualTo(changed);
            assertThat(read.entry().total(LedgerCount.CHANGED_MESSAGE)).isEqualTo(changed);
            assertThat(read.entry().total(LedgerCount.DUPLICATE_INSIDE)).isEqualTo(changed);
            assertThat(read.entry().total(LedgerCount.DUPLICATE)).isEqualTo(2 - 2 * changed);
        }
    }

    @Test
    void withUpdatesTheCommitWaitsForTheOtherMessage() {
        SeenKeys seen = new SeenKeys(store, 1_000, true, clock);
        TapEvent first = event(1, "gA");
        TapEvent other = event(1, "gB");
        Claim.of(seen, first);
        assertThat(Claim.of(seen, other)).isEqualTo(Claim.RESERVED);
        Claim.deliver(seen, first);
        WindowRead read = read(seen);
        end(read, first, Outcome.DELIVERED);
        end(read, other, Outcome.DUPLICATE_OF_RESERVED);
        assertThatThrownBy(read::commit).isInstanceOf(WindowFailedException.class);

        TapEvent itsTurn = event(1, "gB");
        assertThat(Claim.of(seen, itsTurn)).isEqualTo(Claim.CHANGED);
        Claim.deliver(seen, itsTurn);
        WindowRead again = read(seen);
        end(again, itsTurn, Outcome.DELIVERED);
        again.commit();

        assertThat(again.entry().total(LedgerCount.CHANGED_MESSAGE)).isEqualTo(1);
        assertThat(Claim.of(seen, event(1, "gB"))).isEqualTo(Claim.DELIVERED);
    }

    private WindowRead read(SeenKeys seen) {
        return new WindowRead(
                new DueRead.Replay(WindowReadFixture.WINDOW, Map.of(), new ReadState(store, clock), seen),
                clock.instant(),
                seen,
                () -> false);
    }

    private static TapEvent event(long verdict) {
        return event(verdict, "");
    }

    private static TapEvent event(long verdict, String guid) {
        Map<String, Object> fields = new HashMap<>(Map.of("id", "1", "GUID", guid));
        return new TapEvent(
                WindowReadFixture.TYPE,
                EventIdentity.of(WindowReadFixture.TYPE, fields),
                verdict,
                WindowReadFixture.EVENT_TIME,
                fields);
    }

    private static void end(WindowRead read, TapEvent event, Outcome outcome) {
        read.events(List.of(event).iterator()).forEachRemaining(handed -> {
            BrokenEventLife.put(handed, outcome);
            read.settled(handed, null, NO_CAUSE);
        });
    }
}
