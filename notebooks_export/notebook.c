#include "base/base.h"
#include "notebooks_export/export.h"

bool export_notebooks(const char *dir, error *err)
{
    return dir_make(dir, err);
}
