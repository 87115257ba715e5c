package io.tapsentinel.rejected;

import io.tapsentinel.event.HumanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** Number and total size of the regular files directly in a folder; zero if there is no folder. */
public record FolderSize(long files, long bytes) {

    /** Size of a block, and of a file's metadata. */
    static final long BLOCK = 4_096;

    /** The current size. */
    public static FolderSize of(Path folder) {
        long files = 0;
        long bytes = 0;
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                long size = size(file);
                files += size < 0 ? 0 : 1;
                bytes += Math.max(0, size);
            }
        } catch (IOException e) {
            // the folder does not exist, or is being removed
        }
        return new FolderSize(files, bytes);
    }

    /** Upper bound of the disk space used, in whole blocks. */
    public long onDisk() {
        return bytes + files * BLOCK;
    }

    private static long size(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (IOException goneMeanwhile) {
            return -1;
        }
    }

    @Override
    public String toString() {
        return HumanText.count(files, "file") + " (" + HumanText.bytes(bytes) + ")";
    }
}
