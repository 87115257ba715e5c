package io.tapsentinel.read;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder where Camel spools an answer while it is read. Only the owner can read the files. They are deleted with
 * the exchange; a killed process leaves its own behind.
 */
public final class SpoolFolder {

    private SpoolFolder() {}

    /** Creates the folder with restricted permissions and deletes files left by an earlier process. */
    public static Path prepare(Path folder) {
        try {
            PrivateFiles.folder(folder);
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, "cos*")) {
                for (Path file : leftovers) {
                    Files.deleteIfExists(file);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new InvalidSettingException(
                    "tap.spool is \"" + folder + "\"; it must be a writable folder (" + SafeMessage.of(e) + ")");
        }
    }
}
