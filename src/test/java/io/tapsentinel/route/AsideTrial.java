package io.tapsentinel.route;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.state.LedgerEntry;
import io.tapsentinel.state.LedgerEntry.Purpose;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;

/** A trial, and what lies beside its tables: rejected records, what is brought in and what became of it. */
final class AsideTrial implements AutoCloseable {

    /** Stands in events; must not turn up in lines, reasons and health. */
    static final String MARKER = "c0ntent-m4rker";

    private static final ObjectMapper JSON = new ObjectMapper();

    final SourceTrial source;
    final Trial trial;
    final Path state;

    AsideTrial(Path folder) throws IOException {
        source = new SourceTrial(folder);
        trial = source.trial;
        state = folder.resolve("state");
    }

    /** From now on TAP's answers begin with these members too. */
    void addToAnswers(String members) {
        trial.tapProxy().rewrite(body -> {
            String answer = new String(body, StandardCharsets.UTF_8);
            return answer.replaceFirst(
                            "\\{", "{" + members.replace("\\", "\\\\").replace("$", "\\$") + ",")
                    .getBytes(StandardCharsets.UTF_8);
        });
    }

    /** Moves a document in as an operator would, whole at once, and long enough ago to be read at the next look. */
    void drop(String name, byte[] content) throws IOException {
        Path made = Files.createDirectories(state.resolve("outside")).resolve(name);
        Files.write(made, content);
        made.toFile().setLastModified(System.currentTimeMillis() - 60_000);
        Files.move(
                made, Files.createDirectories(state.resolve("replay")).resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    void drop(String name, String content) throws IOException {
        drop(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until so many files lie there, reasons not counted. */
    List<Path> await(String subfolder, int files) {
        Awaitility.await(files + " files in " + subfolder)
                .atMost(Duration.ofSeconds(40))
                .until(() -> documents(subfolder).size() == files);
        return documents(subfolder);
    }

    /** The reason beside the one file in failed/. */
    String reason() throws IOException {
        await("replay/failed", 1);
        return reason("");
    }

    /** The reason beside the file in failed/ that was dropped by this name. */
    String reason(String name) throws IOException {
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

    List<Path> documents(String subfolder) {
        return files(subfolder).stream()
                .filter(file -> !file.toString().endsWith(".reason.txt"))
                .toList();
    }

    List<Path> files(String subfolder) {
        Path folder = state.resolve(subfolder);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return new ArrayList<>(files.filter(Files::isRegularFile).sorted().toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<?, ?> json(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Map.class);
    }

    static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    HealthCheck.Result health(RunningProgram program) {
        return program.camel()
                .getRegistry()
                .lookupByNameAndType("tap-storage", HealthCheck.class)
                .call();
    }

    List<LedgerEntry> replays() {
        return trial.reads().stream()
                .filter(read -> read.purpose() == Purpose.REPLAY)
                .toList();
    }

    long number(String sql) throws SQLException {
        try (var store = DriverManager.getConnection("jdbc:sqlite:" + state.resolve("tap.db"));
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** Rows in all tables. */
    long landed() {
        return List.of(EventType.values()).stream()
                .mapToLong(type -> trial.ingestion().landed(type))
                .sum();
    }

    @Override
    public void close() throws Exception {
        source.close();
    }
}
