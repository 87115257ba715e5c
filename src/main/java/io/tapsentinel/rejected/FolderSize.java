package io.tapsentinel.rejected;

import io.tapsentinel.event.HumanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/** How many regular files a folder holds itself, and how many bytes they have; a folder that is not there holds none. */
public record FolderSize(long files, long bytes) {

    /** Bytes of a block, and of what a file system keeps about a file. */
    static final long BLOCK = 4_096;

    /** As it is now. */
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
            // not there, or going
        }
        return new FolderSize(files, bytes);
    }

    /** At most so many bytes of a disk, where a file takes whole blocks. */
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
