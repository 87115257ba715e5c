package io.tapsentinel.state;

import io.tapsentinel.tap.EventType;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.sqlite.SQLiteConfig;

/**
 * Lists the records that Sentinel may hold twice. Only reads, so that a running process may hold the store meanwhile.
 */
public final class PossibleDuplicates {

    private static final String SQLITE = "jdbc:sqlite:";

    private PossibleDuplicates() {
    }

    /**
     * Prints a line for each: table, id as TAP gave it or {@code key:} and the key, and when it was sent, between tabs.
     *
     * @param properties effective values; {@code state.url} and {@code tap.source} are looked at
     * @throws StoreException when there is no store or it cannot be read
     */
    public static void print(Map<String, String> properties, PrintStream out) {
        Path file = Store.file(properties.getOrDefault("state.url", ""));
        if (!Files.isRegularFile(file)) {
            throw new StoreException("state.url: there is no store at " + file + "; start this where the program runs, or with its"
                    + " state.url");
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try (Connection connection = config.createConnection(SQLITE + file);
                PreparedStatement select = connection.prepareStatement("SELECT stream, id, key, sent_at FROM possible_duplicate"
                        + " WHERE source = ? ORDER BY sent_at, stream, id, key")) {
            Store.set(select, properties.get("tap.source"));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(2).isEmpty() ? "key:" + HexFormat.of().formatHex(rows.getBytes(3)) : rows.getString(2);
                    out.println(table(rows.getString(1)) + "\t" + id.replace('\t', ' ') + "\t" + Instant.ofEpochMilli(rows.getLong(4)));
                }
            }
        } catch (SQLException e) {
            throw new StoreException("state.url: " + file + " cannot be read: " + e.getMessage()
                    + (String.valueOf(e.getMessage()).contains("no such table") ? "; start the program once, so that it brings the store up to date" : ""), e);
        }
    }

    private static String table(String stream) {
        return EventType.ofArray(stream).map(EventType::table).orElse(stream);
    }
}
