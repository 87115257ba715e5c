package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The Kusto language service, installed by npm below {@code target} when it is first needed. Its version is exact, so that what
 * binds today binds tomorrow; no lock file is kept, since one names the registry that it was made with.
 */
final class KustoPackage {

    private static final String NAME = "@kusto/language-service-next";
    private static final String VERSION = "12.4.1";
    private static final Path PREFIX = Path.of("target/kusto", VERSION);
    private static final long SECONDS = 300;

    private KustoPackage() {
    }

    /** Folder of the package. Without it the test is skipped, and fails under CI. */
    static synchronized Path installed() {
        Path folder = PREFIX.resolve("node_modules").resolve(NAME);
        if (!works("node", "--version")) {
            return missing("node is not installed: no query was bound");
        }
        // the last file that the check needs; npm moves a package to its place as a whole
        if (!Files.exists(folder.resolve("Kusto.Language.Bridge.js")) && !works("npm", "install", "--no-save", "--no-package-lock",
                "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", PREFIX.toString(), NAME + "@" + VERSION)) {
            return missing("npm cannot install " + NAME + "@" + VERSION + ": no query was bound; see target/kusto/npm.log");
        }
        return folder;
    }

    private static Path missing(String why) {
        return System.getenv("CI") == null ? abort(why) : fail(why);
    }

    private static boolean works(String... command) {
        try {
            Files.createDirectories(PREFIX);
            Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true)
                    .redirectOutput(PREFIX.resolveSibling("npm.log").toFile()).start();
            process.getOutputStream().close();
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return startFailed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Java tells a program that does not exist from any other trouble by words only. */
    private static boolean startFailed(IOException e) {
        if (String.valueOf(e.getMessage()).contains("error=2")) {
            return false;
        }
        throw new UncheckedIOException(e);
    }
}
