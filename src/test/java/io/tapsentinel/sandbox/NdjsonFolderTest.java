package io.tapsentinel.sandbox;

import static io.tapsentinel.sandbox.IngestionFixture.CLICKS;
import static io.tapsentinel.sandbox.IngestionFixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.testing.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NdjsonFolderTest {

    @TempDir
    private Path temp;

    @Test
    void rowsAreAppendedToTheFileOfTheirTable() throws IOException {
        NdjsonFolder folder = new NdjsonFolder(temp.resolve("a/b"));
        folder.accept("One_CL", rows("{\"a\":1}", "{\"a\":\"☃\"}"));
        folder.accept("Two_CL", rows("{}"));
        folder.accept("One_CL", rows("{\"a\":3}"));
        assertThat(folder.file("One_CL")).hasContent("{\"a\":1}\n{\"a\":\"☃\"}\n{\"a\":3}\n");
        assertThat(folder.file("Two_CL")).hasContent("{}\n");
    }

    @Test
    void filesAreReadableByTheOwnerOnly() throws IOException {
        NdjsonFolder folder = new NdjsonFolder(temp.resolve("a/b"));
        folder.accept("One_CL", rows("{}"));
        assertThat(StateFolder.permissions(temp.resolve("a"))).isEqualTo("rwx------");
        assertThat(StateFolder.permissions(temp.resolve("a/b"))).isEqualTo("rwx------");
        assertThat(StateFolder.permissions(folder.file("One_CL"))).isEqualTo("rw-------");
    }

    @Test
    void folderAccessibleToOthersIsRefused() throws IOException {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> new NdjsonFolder(open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rwxr-x---");
    }

    @Test
    void newRunAppendsToExistingFiles() throws IOException {
        new NdjsonFolder(temp.resolve("a")).accept("One_CL", rows("{\"a\":1}"));
        NdjsonFolder again = new NdjsonFolder(temp.resolve("a"));
        again.accept("One_CL", rows("{\"a\":2}"));
        assertThat(again.file("One_CL")).hasContent("{\"a\":1}\n{\"a\":2}\n");
    }

    @Test
    void linesOfParallelRequestsDoNotMix() throws IOException {
        NdjsonFolder folder = new NdjsonFolder(temp.resolve("a"));
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int number = 0; number < 40; number++) {
            String row = "{\"a\":\"" + Character.toString('a' + number % 26).repeat(20_000) + "\"}";
            writes.add(CompletableFuture.runAsync(() -> {
                try {
                    folder.accept("One_CL", rows(row, row));
                } catch (IOException failed) {
                    throw new IllegalStateException(failed);
                }
            }));
        }
        writes.forEach(CompletableFuture::join);
        assertThat(Files.readAllLines(folder.file("One_CL")))
                .hasSize(80)
                .allMatch(line -> line.matches("\\{\"a\":\"(.)\\1{19999}\"}"));
    }

    @Test
    void rowsAreWrittenAfterAllChecksAndBeforeTheAnswer() throws Exception {
        NdjsonFolder folder = new NdjsonFolder(temp.resolve("a"));
        try (IngestionFixture fixture = new IngestionFixture(folder)) {
            for (String bad : List.of(
                    "[{" + TIME + "},{\"url\":\"a\"}]",
                    "[{" + TIME + "},{" + TIME + ",\"url\":1}]",
                    "[{" + TIME + "},",
                    "{" + TIME + "}")) {
                assertThat(fixture.post(CLICKS, bad).statusCode()).isEqualTo(400);
                assertThat(folder.file(CLICKS)).doesNotExist();
            }
            assertThat(fixture.post(CLICKS, "[{" + TIME + "},{" + TIME + "}]").statusCode())
                    .isEqualTo(204);
            assertThat(Files.readAllLines(folder.file(CLICKS))).containsExactly("{" + TIME + "}", "{" + TIME + "}");
        }
    }

    private static List<byte[]> rows(String... rows) {
        return List.of(rows).stream()
                .map(row -> row.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
