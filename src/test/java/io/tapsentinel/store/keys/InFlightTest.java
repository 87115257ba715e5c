package io.tapsentinel.store.keys;

import static io.tapsentinel.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.StoreFixture;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records in flight when a process or connection ended, and rejected keys that a replay may send. */
public class InFlightTest extends StoreFixture {

    private static final EventType TYPE = EventType.CLICKS_BLOCKED;

    private SeenKeys seen;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        seen = new SeenKeys(store, 1_000, clock);
    }

    @Test
    void oddIdDoesNotFailTheBatch() throws Exception {
        TapEvent odd = event(TYPE, "1\n2\u00003");
        TapEvent next = event(TYPE, "4");
        seen.sending(List.of(odd, next));

        assertThat(seen.recordAbandoned()).isEqualTo(2);
        assertThat(listed())
                .containsExactlyInAnyOrder("clicksBlocked 1 2 3 " + odd.getKey(), "clicksBlocked 4 " + next.getKey());
    }

    @Test
    void openRequestsOfADeadProcessAreListedOnce() throws Exception {
        TapEvent first = event(TYPE, "1");
        TapEvent second = event(TYPE, "2");
        seen.sending(List.of(first, second));
        seen.sending(List.of(event(EventType.MESSAGES_BLOCKED, "3")));
        restart();

        assertThat(seen.recordAbandoned()).isEqualTo(3);

        assertThat(seen.recordAbandoned()).as("the second time").isZero();
        assertThat(seen.possibleDuplicates()).isEqualTo(3);
        assertThat(listed())
                .containsExactlyInAnyOrder(
                        "clicksBlocked 1 " + first.getKey(),
                        "clicksBlocked 2 " + second.getKey(),
                        "messagesBlocked 3 "
                                + event(EventType.MESSAGES_BLOCKED, "3").getKey());
    }

    @Test
    void acknowledgedOrRefusedRequestIsRemoved() {
        List<TapEvent> batch = List.of(event(TYPE, "1"));
        seen.delivered(seen.sending(batch), batch);
        seen.notTaken(seen.sending(List.of(event(TYPE, "2"))));

        assertThat(seen.recordAbandoned()).isZero();
        assertThat(seen.possibleDuplicates()).isZero();
        assertThat(Claim.of(seen, event(TYPE, "1"))).isEqualTo(Claim.DELIVERED);
        assertThat(Claim.of(seen, event(TYPE, "2"))).isEqualTo(Claim.NEW);
    }

    @Test
    void unknownOutcomeMakesPossibleDuplicatesOfThatRequestOnly() throws Exception {
        List<TapEvent> batch = List.of(event(TYPE, "1"), event(TYPE, "2"));
        long other = seen.sending(List.of(event(TYPE, "3")));
        seen.unknown(seen.sending(batch));
        seen.delivered(seen.sending(batch), batch);
        seen.notTaken(other);

        assertThat(seen.possibleDuplicates()).isEqualTo(2);
        assertThat(seen.recordAbandoned()).isZero();
    }

    @Test
    void missingIdOrLineBreakDoesNotShiftOtherIds() throws Exception {
        TapEvent without = event(TYPE, "");
        TapEvent odd = event(TYPE, "a\nb");
        TapEvent plain = event(TYPE, "c");
        seen.sending(List.of(without, odd, plain));

        assertThat(seen.recordAbandoned()).isEqualTo(3);

        assertThat(listed())
                .containsExactlyInAnyOrder(
                        "clicksBlocked  " + without.getKey(),
                        "clicksBlocked a b " + odd.getKey(),
                        "clicksBlocked c " + plain.getKey());
    }

    @Test
    void rejectedKeyIsADuplicateThatCanBeReplayed() {
        seen.rejected(event(TYPE, "1"));
        restart();

        assertThat(Claim.of(seen, event(TYPE, "1"))).as("read again").isEqualTo(Claim.DELIVERED);
        TapEvent replayed = EventLife.resend(event(TYPE, "1"));
        assertThat(Claim.of(seen, replayed)).as("replayed").isEqualTo(Claim.NEW);
        Claim.deliver(seen, replayed);
        assertThat(Claim.of(seen, EventLife.resend(event(TYPE, "1"))))
                .as("replayed again")
                .isEqualTo(Claim.DELIVERED);
    }

    @Test
    void failedClaimLeavesNoReservation() {
        seen.rejected(event(TYPE, "1"));
        execute("ALTER TABLE seen RENAME TO away");
        assertThatThrownBy(() -> Claim.of(seen, EventLife.resend(event(TYPE, "1"))))
                .isInstanceOf(StoreException.class);
        execute("ALTER TABLE away RENAME TO seen");

        assertThat(Claim.of(seen, EventLife.resend(event(TYPE, "1")))).isEqualTo(Claim.NEW);
    }

    @Test
    void twoRequestsOfOneTableAreBothListed() throws Exception {
        seen.sending(List.of(event(TYPE, "1")));
        seen.notTaken(seen.sending(List.of(event(TYPE, "2"))));
        seen.sending(List.of(event(TYPE, "3")));

        assertThat(seen.recordAbandoned()).isEqualTo(2);
        assertThat(listed()).extracting(line -> line.split(" ")[1]).containsExactlyInAnyOrder("1", "3");
    }

    @Test
    void replayDoesNotSendDeliveredKeysAgain() {
        seen.delivered(0, List.of(event(TYPE, "1")));

        assertThat(Claim.of(seen, EventLife.resend(event(TYPE, "1")))).isEqualTo(Claim.DELIVERED);
    }

    private List<String> listed() {
        return store.transaction(connection -> {
            List<String> rows = new ArrayList<>();
            try (ResultSet row =
                    connection.createStatement().executeQuery("SELECT stream, id, key FROM possible_duplicate")) {
                while (row.next()) {
                    rows.add(row.getString(1) + " " + row.getString(2) + " "
                            + HexFormat.of().formatHex(row.getBytes(3)));
                }
            }
            return rows;
        });
    }
}
