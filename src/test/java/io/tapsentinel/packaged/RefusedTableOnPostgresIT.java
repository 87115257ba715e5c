package io.tapsentinel.packaged;

import io.tapsentinel.testing.OnPostgres;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** A refused table on PostgreSQL, with the two faults in which the store matters: a refusal and no answer. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class RefusedTableOnPostgresIT extends RefusedTableIT {

    @Override
    List<How> cases() {
        return List.of(How.FORBIDDEN_403, How.SILENT);
    }
}
