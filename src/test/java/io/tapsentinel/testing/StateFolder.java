package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A program's state folder: rejected records and replayed documents. */
public final class StateFolder {

    /** Content for events that must not appear in log lines, reasons and health. */
    public static final String MARKER = "c0ntent-m4rker";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path state;

    public StateFolder(Path state) {
        this.state = state;
    }

    public Path resolve(String name) {
        return state.resolve(name);
    }

    /** Moves a document into replay/ atomically, with an age that makes the next scan read it. */
    public void drop(String name, byte[] content) throws IOException {
        Path made = Files.createDirectories(state.resolve("outside")).resolve(name);
        Files.write(made, content);
        made.toFile().setLastModified(System.currentTimeMillis() - 60_000);
        Files.move(
                made, Files.createDirectories(state.resolve("replay")).resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    public void drop(String name, String content) throws IOException {
        drop(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** All rejected records; asserts that other users have no access. */
    public List<JsonNode> rejected() throws IOException {
        assertThat(permissions(state.resolve("rejected")))
                .as("mode of the folder")
                .isEqualTo("rwx------");
        List<JsonNode> records = new ArrayList<>();
        for (Path file : rejectedFiles()) {
            assertThat(permissions(file)).as("mode of %s", file).isEqualTo("rw-------");
            records.add(JSON.readTree(file.toFile()));
        }
        return records;
    }

    /** Rejected records with this reason. */
    public List<JsonNode> rejected(String reason) throws IOException {
        return rejected().stream()
                .filter(record -> record.path("reason").asText().equals(reason))
                .toList();
    }

    /** Moves all rejected records into replay/. */
    public void replayRejected() throws IOException {
        List<Path> files = rejectedFiles();
        assertThat(files).as("rejected records").isNotEmpty();
        for (Path file : files) {
            assertThat(file.toFile().setLastModified(System.currentTimeMillis() - 60_000))
                    .isTrue();
            Files.move(file, state.resolve("replay").resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Waits for this number of files in a subfolder, not counting reasons. */
    public List<Path> await(String subfolder, int files) {
        Awaitility.await(files + " files in " + subfolder)
                .atMost(Duration.ofSeconds(40))
                .until(() -> documents(subfolder).size() == files);
        return documents(subfolder);
    }

    /** The reason of the only file in replay/failed/. */
    public String reason() throws IOException {
        await("replay/failed", 1);
        return reason("");
    }

    /** The reason of the file in replay/failed/ with this original name. */
    public String reason(String name) throws IOException {
        Path file = Awaitility.await(name + " in failed/")
                .atMost(Duration.ofSeconds(40))
                .until(
                        () -> documents("replay/failed").stream()
                                .filter(failed -> failed.toString().endsWith(name))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
        Path reason = file.resolveSibling(file.getFileName() + ".reason.txt");
        Awaitility.await("its reason").until(() -> Files.exists(reason) && Files.size(reason) > 0);
        return Files.readString(reason);
    }

    /** Files of a subfolder without reasons. */
    public List<Path> documents(String subfolder) {
        return files(subfolder).stream()
                .filter(file -> !file.toString().endsWith(".reason.txt"))
                .toList();
    }

    /** Completely written files of rejected records. */
    public List<Path> rejectedFiles() {
        return files("rejected").stream()
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .toList();
    }

    public List<Path> files(String subfolder) {
        Path folder = state.resolve(subfolder);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Map<?, ?> json(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Map.class);
    }

    public static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
