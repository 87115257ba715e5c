package io.tapsentinel.store.keys;

import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.EventRef;
import io.tapsentinel.event.EventType;
import io.tapsentinel.store.keys.SeenTable.Row;
import io.tapsentinel.store.ledger.HourKeys;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The keys of filtered events, in the same table as those of delivered events. */
final class FilteredKeys {

    private static final int WRITTEN_AT_ONCE = 1_000;

    private final SeenTable table;
    private final GainedKeys gained;

    FilteredKeys(SeenTable table, GainedKeys gained) {
        this.table = table;
        this.gained = gained;
    }

    /**
     * The key of a filtered event: the event's key inverted, so that no program takes it for delivered. Its verdict is 0.
     */
    static EventRef keyOf(EventRef event) {
        return new EventRef(
                event.type(), new EventKey(~event.key().high(), ~event.key().low()));
    }

    /** Records filtered events in the transaction that commits a read. */
    void add(Connection connection, HourKeys events) throws SQLException {
        for (EventType type : EventType.values()) {
            ByteBuffer keys = ByteBuffer.wrap(events.bytes(type));
            while (keys.hasRemaining()) {
                List<Row> rows = new ArrayList<>();
                for (int i = 0; i < WRITTEN_AT_ONCE && keys.hasRemaining(); i++) {
                    EventKey key = new EventKey(keys.getLong(), keys.getLong());
                    rows.add(new Row(
                            type.arrayName(), keyOf(new EventRef(type, key)).key(), 0, 0));
                }
                gained.add(connection, rows.stream().map(Row::key).toList());
                table.filtered(connection, rows);
            }
        }
    }
}
