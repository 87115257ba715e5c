package io.tapsentinel.yamlroutes;

import io.tapsentinel.config.InvalidSettingException;
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
 * The YAML files of one set of routes: a folder's, or the packaged ones. A folder wins as a whole or not at all.
 *
 * @param texts file names, each with its text, by name
 */
public record RouteFiles(SortedMap<String, String> texts) {

    /** The folder in the working directory, and in the package. */
    public static final String FOLDER = "routes";
    /** Which files of it are routes. */
    public static final String PATTERN = "*.camel.yaml";

    private static final int MOST_BYTES = 1_000_000;
    /** What the package brings; a folder of one's own may hold other files. */
    private static final List<String> PACKAGED = List.of(
            "operator.camel.yaml",
            "sentinel-tables.camel.yaml",
            "tap-archive.camel.yaml",
            "tap-event-router.camel.yaml",
            "tap-poll.camel.yaml");

    public RouteFiles {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
    }

    /** Whether this is a folder with routes, so that it stands in for the packaged ones. */
    public static boolean areIn(Path folder) {
        return Files.isDirectory(folder) && !in(folder).texts.isEmpty();
    }

    /**
     * The folder's files as they are now.
     *
     * @throws InvalidSettingException when it is no folder or a file cannot be read
     */
    public static RouteFiles in(Path folder) {
        SortedMap<String, String> texts = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PATTERN)) {
            for (Path file : files) {
                texts.put(file.getFileName().toString(), text(file));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new InvalidSettingException(
                    folder + " has to be a folder whose " + PATTERN + " files can be read: " + e);
        }
        return new RouteFiles(texts);
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            // reading a pipe would wait for ever
            throw new InvalidSettingException(file + " is no regular file");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                // YAML that large takes minutes to be refused
                throw new InvalidSettingException(file + " is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidSettingException(
                    file + " has to be a file in UTF-8 that can be read: " + SafeMessage.of(e));
        }
    }

    /** The files inside the program. */
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

    /** What the program runs when it is started in this directory. */
    public static RouteFiles effective(Path directory) {
        Path folder = directory.resolve(FOLDER);
        return areIn(folder) ? in(folder) : packaged();
    }
}
