package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folders of rejected and of replayed records below a program's working directory. */
public final class RejectedFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Path replay;

    public RejectedFiles(Path work) {
        folder = work.resolve("state/rejected");
        replay = work.resolve("state/replay");
    }

    /** Files of rejected records. */
    public List<Path> files() throws IOException {
        return files(folder);
    }

    /** Files that were replayed. */
    public List<Path> done() throws IOException {
        return files(replay.resolve("done"));
    }

    /** All rejected records, after a look at who may read them. */
    public List<JsonNode> documents() throws IOException {
        assertThat(mode(folder)).as("mode of the folder").isEqualTo("rwx------");
        List<JsonNode> documents = new ArrayList<>();
        for (Path file : files()) {
            assertThat(mode(file)).as("mode of %s", file).isEqualTo("rw-------");
            documents.add(JSON.readTree(file.toFile()));
        }
        return documents;
    }

    /** Those with this reason. */
    public List<JsonNode> documents(String reason) throws IOException {
        return documents().stream()
                .filter(document -> document.path("reason").asText().equals(reason))
                .toList();
    }

    /** Moves all rejected records to where they are sent again. */
    public void replay() throws IOException {
        for (Path file : files()) {
            Files.move(file, replay.resolve(file.getFileName()));
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Files.isRegularFile(file)
                            && !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
