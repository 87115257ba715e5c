package io.tapsentinel.testing;

import io.tapsentinel.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Stores of older versions, and the answers that they were made from. */
public final class OlderStores {

    /** Tables and columns added by version 2 and each later one. */
    private static final List<String> ADDED = List.of(
            "in_flight possible_duplicate seen.rejected",
            "version sweep request_log.purpose",
            "delivered_hour counted_since",
            "replayed",
            "gained gained_last",
            "tap_rest",
            "former_keys seen.guid version.guid",
            "reading unreadable",
            "suspended table_backlog deferred table_gap sweep.deferred sweep.withdrawn",
            "sweep.rejected");

    private OlderStores() {}
    /** Creates a version 7 store with the sources {@code tap} and {@code updates}. */
    public static void version7(Path file) throws IOException, SQLException {
        Files.createDirectories(file.getParent());
        String blob = TestDatabase.isShared() ? "'\\\\x$1'::bytea" : "X'$1'";
        String script = new String(resource("version-7.sql"), StandardCharsets.UTF_8)
                .replaceAll("--.*\n", "")
                .replaceAll("hex\\(([0-9a-f]+)\\)", blob);
        try (Connection connection = TestDatabase.connect(file);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : script.split(";\n")) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }

    /** Removes everything newer than this version. */
    public static void downgrade(Store store, int version) {
        store.transaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (int later = ADDED.size() + 1; later > version; later--) {
                    for (String added : ADDED.get(later - 2).split(" ")) {
                        String[] column = added.split("\\.");
                        statement.execute(
                                column.length == 1
                                        ? "DROP TABLE " + added
                                        : "ALTER TABLE " + column[0] + " DROP COLUMN " + column[1]);
                    }
                }
                return statement.execute("UPDATE schema_version SET version = " + version);
            }
        });
    }

    /** The first or second answer that the store was made from. */
    public static byte[] answer(int number) {
        return resource("version-7-answer-" + number + ".json");
    }

    private static byte[] resource(String name) {
        try (InputStream in = OlderStores.class.getResourceAsStream("/store/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
