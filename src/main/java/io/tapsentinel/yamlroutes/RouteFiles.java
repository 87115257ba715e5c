package io.tapsentinel.yamlroutes;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.net.SafeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The YAML files of one set of routes: a folder's or the packaged ones. A folder replaces the packaged set as a whole.
 *
 * @param texts text by file name
 */
public record RouteFiles(SortedMap<String, String> texts) {

    /** Name of the folder, in the working directory and in the package. */
    public static final String FOLDER = "routes";
    /** Which of its files are routes. */
    public static final String PATTERN = "*.camel.yaml";

    private static final int MOST_BYTES = 1_000_000;
    /** The packaged files; an operator's folder may have others. */
    private static final List<String> PACKAGED = List.of(
            "operator.camel.yaml",
            "sentinel-tables.camel.yaml",
            "tap-archive.camel.yaml",
            "tap-event-router.camel.yaml",
            "tap-poll.camel.yaml");

    public RouteFiles {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
    }

    /** Whether this folder has routes, and so replaces the packaged ones. */
    public static boolean areIn(Path folder) {
        return Files.isDirectory(folder) && !in(folder).texts.isEmpty();
    }

    /**
     * Reads the folder's files.
     *
     * @throws InvalidSettingException when the folder or a file cannot be read
     */
    public static RouteFiles in(Path folder) {
        SortedMap<String, String> texts = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PATTERN)) {
            for (Path file : files) {
                texts.put(file.getFileName().toString(), text(file));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new InvalidSettingException("cannot read the " + PATTERN + " files of " + folder + ": " + e);
        }
        return new RouteFiles(texts);
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            // reading a pipe would block forever
            throw new InvalidSettingException(file + " is not a regular file");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                // YAML this large takes minutes to parse
                throw new InvalidSettingException(file + " is larger than " + HumanText.bytes(MOST_BYTES));
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidSettingException(file + " cannot be read as UTF-8: " + SafeMessage.of(e));
        }
    }

    /** The packaged files. */
    public static RouteFiles packaged() {
        SortedMap<String, String> texts = new TreeMap<>();
        for (String name : PACKAGED) {
            try (InputStream file = RouteFiles.class.getResourceAsStream("/" + FOLDER + "/" + name)) {
                texts.put(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException("the package lacks " + FOLDER + "/" + name, e);
            }
        }
        return new RouteFiles(texts);
    }

    /** The files that a program in this working directory runs. */
    public static RouteFiles effective(Path directory) {
        Path folder = directory.resolve(FOLDER);
        return areIn(folder) ? in(folder) : packaged();
    }
}
