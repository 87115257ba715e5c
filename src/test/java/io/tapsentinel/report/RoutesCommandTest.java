package io.tapsentinel.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.CommandSetup;
import io.tapsentinel.config.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes check} needs neither a store nor credentials. */
class RoutesCommandTest {

    private static final String TABLES = "sentinel-tables.camel.yaml";

    @TempDir
    Path folder;

    private Path routes;
    private final CommandSetup setup = new CommandSetup(() -> folder);

    @BeforeEach
    void copy() throws Exception {
        routes = Files.createDirectory(folder.resolve("routes"));
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void validRoutesPrintOneLine() {
        assertThat(setup.run("routes", "check", routes.toString()).lines()).containsExactly(routes + ": 5 files OK");
    }

    @Test
    void withoutAFolderTheRoutesInUseAreChecked() {
        assertThat(setup.run("routes", "check")).startsWith("routes: 5 files OK");
    }

    @Test
    void problemsAreCountedAndTheCommandFails() throws Exception {
        edit(TABLES, "messagesBlockedSeen", "clicksBlockedSeen");
        Files.delete(routes.resolve("tap-poll.camel.yaml"));

        assertThatThrownBy(() -> setup.run("routes", "check", routes.toString()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(routes + ": ")
                .hasMessageContaining("problems; the program refuses these routes");
    }

    @Test
    void checkCreatesNoFiles() throws Exception {
        setup.run("routes", "check", routes.toString());

        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(routes);
        }
    }

    @Test
    void missingFolderIsReportedInOneLine() {
        assertThatThrownBy(() -> setup.run("routes", "check", "/no/such/folder"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void tooLargeFileIsRefused() throws Exception {
        Files.writeString(routes.resolve("large.camel.yaml"), "# a comment\n".repeat(100_000));

        assertThatThrownBy(() -> setup.run("routes", "check", routes.toString()))
                .hasMessageContaining("large.camel.yaml is larger than 1 MB");
    }

    @Test
    void folderWithoutRoutesIsRefused() {
        assertThatThrownBy(() -> setup.run("routes", "check", folder.toString()))
                .hasMessageContaining("no *.camel.yaml file");
    }

    private void edit(String file, String from, String to) throws Exception {
        String text = Files.readString(routes.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(routes.resolve(file), text.replace(from, to));
    }
}
