package io.tapsentinel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Stores that programs of older versions left, and the answers that they had read. */
public final class OlderStores {

    private OlderStores() {}

    /** Makes the store of version 7 in the database that stands for this file: sources {@code tap} and {@code updates}. */
    public static void version7(Path file) throws IOException, SQLException {
        Files.createDirectories(file.getParent());
        String blob = TestDatabase.isShared() ? "'\\\\x$1'::bytea" : "X'$1'";
        String script = new String(resource("version-7.sql"), StandardCharsets.UTF_8)
                .replaceAll("--.*\n", "")
                .replaceAll("hex\\(([0-9a-f]+)\\)", blob);
        try (Connection connection = TestDatabase.connect(file);
                Statement statement = connection.createStatement()) {
            for (String sql : script.split(";\n")) {
                statement.execute(sql);
            }
        }
    }

    /** The first or the second answer that it was made of. */
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
