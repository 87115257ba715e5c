package io.tapsentinel;

import io.tapsentinel.trial.TestDatabase;
import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** Tests of the store and of the guarantees once more, on PostgreSQL: what they show of a file holds for a database that programs share. */
@Suite
@SelectPackages("io.tapsentinel.state")
@SelectClasses({GuaranteesIT.class, HoleIT.class, WholeProgramIT.class})
@ExcludeTags(TestDatabase.ONE)
class OnPostgresTest {

    @BeforeSuite
    static void choose() {
        System.setProperty(TestDatabase.OPTION, TestDatabase.POSTGRESQL);
    }

    @AfterSuite
    static void goBack() {
        System.clearProperty(TestDatabase.OPTION);
    }
}
