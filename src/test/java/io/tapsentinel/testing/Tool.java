package io.tapsentinel.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A program that some tests need. If it is missing, they are skipped, but fail in CI so that no check is lost unnoticed.
 *
 * @param name          file name
 * @param debianPackage package that contains it
 */
public record Tool(String name, String debianPackage) {

    private static final boolean CI = "true".equals(System.getenv("CI"));

    /**
     * Skips the test unless this program is in {@code PATH}; returns its file. Call it in each test: a class skipped as a whole is missing
     * from reports.
     */
    public Path require() {
        Optional<Path> program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
        require(program.isPresent(), name + " is not installed (Debian package " + debianPackage + ")");
        return program.orElseThrow();
    }

    /** Runs it to its end; skips the test if it is missing. */
    public CommandResult run(String... arguments) {
        require();
        String[] command = new String[arguments.length + 1];
        command[0] = name;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return CommandResult.of(command);
    }

    /** Skips the test unless {@code available}, for requirements that are not programs. */
    public static void require(boolean available, String otherwise) {
        if (!available && CI) {
            fail(otherwise);
        } else if (!available) {
            abort(otherwise);
        }
    }
}
