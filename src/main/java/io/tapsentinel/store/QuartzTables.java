package io.tapsentinel.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;

/** The tables of Quartz's job store, through which replicas share triggers. */
final class QuartzTables {

    private QuartzTables() {}

    /** The CREATE statements of Quartz's own script, without its DROP statements. */
    static List<String> statements() {
        try (InputStream script = PostgreSQLDelegate.class.getResourceAsStream("tables_postgres.sql")) {
            String text = new String(script.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)--.*$", "");
            return Stream.of(text.split(";"))
                    .map(String::strip)
                    .filter(sql -> sql.startsWith("CREATE "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Quartz's script for PostgreSQL cannot be read", e);
        }
    }
}
