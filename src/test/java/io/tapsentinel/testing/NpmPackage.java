package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A package of npm, installed below {@code target} when it is first needed. No lock file is kept, since one names the registry that it
 * was made with.
 */
public final class NpmPackage {

    private static final long SECONDS = 300;
    private static final Path LOCK = Path.of("target", "npm.lock");

    private final String name;
    private final String version;
    private final Path prefix;
    private final String proof;
    private final String without;
    private Path installed;

    /**
     * @param version exact
     * @param folder  of the package below {@code target}
     * @param proof   a file of it that is there when all of it is; npm moves a package to its place as a whole
     * @param without what is not shown where it cannot be had
     */
    public NpmPackage(String name, String version, String folder, String proof, String without) {
        this.name = name;
        this.version = version;
        this.prefix = Path.of("target", folder, version);
        this.proof = proof;
        this.without = without;
    }

    /** Folder of the package. Without it the test is skipped, and fails under CI. */
    public Path installed() {
        synchronized (NpmPackage.class) {
            if (installed == null) {
                installed = alone();
            }
            return installed;
        }
    }

    /** While no other JVM installs anything. */
    private Path alone() {
        try {
            Files.createDirectories(LOCK.getParent());
            try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                return install();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path install() {
        Path folder = prefix.resolve("node_modules").resolve(name);
        if (!works("node", "--version")) {
            return missing("node is not installed: " + without);
        }
        if (!Files.exists(folder.resolve(proof))
                && !works(
                        "npm",
                        "install",
                        "--no-save",
                        "--no-package-lock",
                        "--ignore-scripts",
                        "--no-audit",
                        "--no-fund",
                        "--prefix",
                        prefix.toString(),
                        name + "@" + version)) {
            return missing("npm cannot install " + name + "@" + version + ": " + without + "; see " + log());
        }
        return folder;
    }

    private static Path missing(String why) {
        return System.getenv("CI") == null ? abort(why) : fail(why);
    }

    private Path log() {
        return prefix.resolveSibling("npm.log");
    }

    private boolean works(String... command) {
        try {
            Files.createDirectories(prefix);
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
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
