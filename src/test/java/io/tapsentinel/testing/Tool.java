package io.tapsentinel.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A program of this machine that some tests need. Where it is missing, such a test is skipped, and fails in continuous integration: so
 * no check is lost there unnoticed.
 *
 * @param name          of its file
 * @param debianPackage that it is in
 */
public record Tool(String name, String debianPackage) {

    private static final boolean CI = "true".equals(System.getenv("CI"));

    /**
     * Skips the test unless this program is in one of the folders of {@code PATH}; returns its file. To be called by each test, not once
     * for a class: a class that is left out before its first test is in no report.
     */
    public Path require() {
        Optional<Path> program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
        require(program.isPresent(), name + " is not installed (Debian package " + debianPackage + ")");
        return program.orElseThrow();
    }

    /** Runs it to its end; skips the test where it is missing. */
    public CommandResult run(String... arguments) {
        require();
        String[] command = new String[arguments.length + 1];
        command[0] = name;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return CommandResult.of(command);
    }

    /** Skips the test unless {@code available}; the same rule for what is no program, such as a right. */
    public static void require(boolean available, String otherwise) {
        if (!available && CI) {
            fail(otherwise);
        } else if (!available) {
            abort(otherwise);
        }
    }
}
