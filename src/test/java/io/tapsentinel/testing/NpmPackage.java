package io.tapsentinel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An npm package, installed below {@code target} on first use. Without a lock file, which would contain the registry's address.
 */
public final class NpmPackage {

    private static final Tool NODE = new Tool("node", "nodejs");
    private static final Tool NPM = new Tool("npm", "npm");
    private static final Path LOCK = Path.of("target", "npm.lock");

    private final String name;
    private final String version;
    private final Path prefix;
    private final String proof;
    private Path installed;

    /**
     * @param version exact
     * @param folder  of the package below {@code target}
     * @param proof   a file of the package; it exists once the package is complete, since npm moves packages into place
     */
    public NpmPackage(String name, String version, String folder, String proof) {
        this.name = name;
        this.version = version;
        this.prefix = Path.of("target", folder, version);
        this.proof = proof;
    }

    /** Folder of the package. If it cannot be installed, skips the test, or fails it in CI. */
    public Path installed() {
        synchronized (NpmPackage.class) {
            if (installed == null) {
                installed = alone();
            }
            return installed;
        }
    }

    /** Installs while holding a lock against other JVMs. */
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

    private Path install() throws IOException {
        Path folder = prefix.resolve("node_modules").resolve(name);
        NODE.require();
        if (!Files.exists(folder.resolve(proof))) {
            Files.createDirectories(prefix);
            List<String> words = new ArrayList<>(List.of(
                    "install --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --prefix".split(" ")));
            words.addAll(List.of(prefix.toString(), name + "@" + version));
            CommandResult install = NPM.run(words.toArray(String[]::new));
            Tool.require(install.succeeded(), "npm cannot install " + name + "@" + version + ": " + install.text());
        }
        return folder;
    }
}
