package io.tapsentinel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The packaged routes in an operator's own folder, with other numbers. */
public final class CustomRoutes {

    private static final String OPTION = "lingerMs: 500";

    private CustomRoutes() {}

    /** Puts them below a working directory; {@code options} of the tables as {@code name: value}. */
    public static void in(Path work, String... options) throws IOException {
        Path own = Files.createDirectories(work.resolve("routes"));
        try (Stream<Path> packaged = Files.list(Path.of("routes"))) {
            for (Path file : (Iterable<Path>) packaged::iterator) {
                Files.writeString(
                        own.resolve(file.getFileName()),
                        Files.readString(file).replace(OPTION, String.join("\n" + " ".repeat(20), options)));
            }
        }
    }

    /** Another time for TAP's answers to go on, in milliseconds. */
    public static void tapTimeout(Path work, int millis) throws IOException {
        Path file = work.resolve("routes/tap-poll.camel.yaml");
        Files.writeString(
                file, Files.readString(file).replaceAll("(responseTimeout|soTimeout): \\d+", "$1: " + millis));
    }
}
