package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.OlderStores;
import io.tapsentinel.testing.OnPostgres;
import io.tapsentinel.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same tests with a PostgreSQL store shared by several processes. */
@ExtendWith(OnPostgres.class)
@Tag("full")
class FormerKeysOnPostgresIT extends FormerKeysTest {

    @Test
    void replicaLearnsNewKeysOfAnother() throws Exception {
        start(OFF, 1_000);
        SeenKeys other = new SeenKeys(open(OFF), 1_000, clock);
        read(OlderStores.answer(2));
        // from now on old keys are not looked up
        clock.advance(LOOKED_UP);

        other.catchUp();

        for (String guid : new String[] {"odd-time", "two-threats", "one-threat"}) {
            assertThat(Claim.of(other, event(guid))).as(guid).isEqualTo(Claim.DELIVERED);
        }
        assertThat(other.durable().filteredBefore(event("dropped"))).isPresent();
    }

    @Test
    void deliveriesOfVersion7AfterTheMigrationAreKnown() throws Exception {
        start(OFF, 1_000);
        try (Connection older = TestDatabase.connect(folder.resolve("state/tap.db"))) {
            execute(older, "DELETE FROM seen WHERE source = 'tap'");
        }
        seen = new SeenKeys(store, 1_000, clock);
        TapEvent odd = event("odd-time");
        assertThat(seen.durable().isDone(odd)).isFalse();
        clock.advance(Duration.ofDays(1));
        deliverAsVersion7(odd);

        seen.catchUp();

        byte[] answer = only("odd-time", message -> {});
        assertThat(read(answer).total(LedgerCount.DUPLICATE)).isEqualTo(1);
        deliverAsVersion7(odd);
        seen.catchUp();
        assertThat(read(answer).sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void version7KnowsDeliveriesOfThisVersion(boolean updates) throws Exception {
        start(updates ? ON : OFF, 1_000);
        byte[] answer = only("new", click -> {}, "two-threats");
        assertThat(read(answer).sent).hasSize(2);
        assertThat(read(answer).sent).isEmpty();

        List<TapEvent> events = events(answer);
        assertThat(events)
                .extracting(TapEvent::getFormer)
                .containsOnly(events.get(0).getFormer());
        try (Connection older = TestDatabase.connect(folder.resolve("state/tap.db"))) {
            byte[] key = events.get(0).getFormer().bytes();
            String known = " WHERE source = '" + store.source() + "' AND stream = 'clicksBlocked' AND key = ?";
            for (TapEvent event : events) {
                // with tap.updates=true it also looks up the verdict
                assertThat(count(older, "SELECT count(*) FROM seen" + known, key))
                        .isEqualTo(1);
                assertThat(count(
                                older,
                                "SELECT count(*) FROM (SELECT verdict FROM seen" + known
                                        + " UNION SELECT verdict FROM version" + known
                                        + ") AS versions WHERE verdict = "
                                        + event.getVerdict(),
                                key,
                                key))
                        .isEqualTo(1);
            }
            assertThat(count(older, "SELECT count(*) FROM gained WHERE position(CAST(? AS BYTEA) IN keys) > 0", key))
                    .as("transactions after which it knows without a restart")
                    .isPositive();
        }
    }

    @Test
    void oldKeysForVersion7HideNoOtherEvent() throws Exception {
        start(OFF, 1_000);
        byte[] one = only("new", click -> click.remove("GUID"), "one-threat");
        byte[] other = only(
                "new",
                click -> {
                    click.remove("GUID");
                    click.putArray("toAddresses").add("a").add("b");
                },
                "one-threat");
        assertThat(events(one).get(0).getFormer())
                .isEqualTo(events(other).get(0).getFormer());

        assertThat(read(one).sent).hasSize(1);
        start(OFF, 1_000);
        assertThat(read(other).sent).hasSize(1);
        start(OFF, 1_000);
        assertThat(read(one).sent).isEmpty();
        assertThat(read(other).sent).isEmpty();
    }

    private static long count(Connection connection, String sql, byte[]... keys) throws Exception {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < keys.length; i++) {
                select.setBytes(i + 1, keys[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The first answer's events of one GUID, with another GUID or none and a changed time. */
    private static byte[] only(String name, Consumer<ObjectNode> change, String guid) throws Exception {
        return only(guid, click -> {
            click.put("GUID", name).put("clickTime", "2026-11-28T19:55:00Z");
            change.accept(click);
        });
    }

    /** Runs the statements of version 7. */
    private void deliverAsVersion7(TapEvent event) throws Exception {
        try (Connection older = TestDatabase.connect(folder.resolve("state/tap.db"))) {
            older.setAutoCommit(false);
            execute(older, "UPDATE gained_last SET number = number + 1 WHERE source = 'tap'");
            byte[] key = event.getFormer().bytes();
            try (PreparedStatement gained = older.prepareStatement("INSERT INTO gained VALUES ('tap',"
                            + " (SELECT number FROM gained_last WHERE source = 'tap'), ?, ?)");
                    PreparedStatement seen = older.prepareStatement(
                            "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected)"
                                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, stream, key) DO UPDATE SET rejected = 0");
                    PreparedStatement version = older.prepareStatement(
                            "INSERT INTO version (source, stream, key, verdict, noticed_at, rejected)"
                                    + " VALUES ('tap', ?, ?, 1, ?, 0) ON CONFLICT (source, stream, key, verdict) DO NOTHING")) {
                gained.setLong(1, clock.millis());
                gained.setBytes(2, key);
                gained.execute();
                Object[] row = {
                    "tap",
                    event.getType().arrayName(),
                    key,
                    clock.millis(),
                    clock.millis(),
                    event.getVerdict(),
                    clock.millis(),
                    0
                };
                for (int i = 0; i < row.length; i++) {
                    seen.setObject(i + 1, row[i]);
                }
                seen.execute();
                version.setString(1, event.getType().arrayName());
                version.setBytes(2, key);
                version.setLong(3, clock.millis());
                version.execute();
            }
            older.commit();
        }
    }

    private static void execute(Connection connection, String sql) throws Exception {
        connection.createStatement().execute(sql);
    }
}
